import { CliError } from '#cli/cli-error.ts';

/** A deployment intent group as the command line names it. */
export interface GroupPath {
  /** `project/compositeApp/version/group`. */
  readonly name: string;
  /** `/v2/projects/…/deployment-intent-groups/…`. */
  readonly path: string;
}

const FULL = /^(?:\/?v2)?\/?projects\/([^/]+)\/composite-apps\/([^/]+)\/([^/]+)\/deployment-intent-groups\/([^/]+)\/?$/;
const NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

/** Takes `project/compositeApp/version/group`, the path of the group's document, or the id of its workflow. */
export function toGroupPath(text: string): GroupPath {
  const full = FULL.exec(text)?.slice(1);
  const names = full ?? (text.startsWith('dig:') ? text.slice(4).split(':') : text.split('/'));
  const [project, compositeApp, version, group] = names;
  if (names.length !== 4 || !names.every((name) => NAME.test(name))) {
    throw new CliError('usage', `group: expected project/compositeApp/version/group, found ${text}`);
  }
  return {
    name: names.join('/'),
    path: `/v2/projects/${project}/composite-apps/${compositeApp}/${version}/deployment-intent-groups/${group}`,
  };
}
