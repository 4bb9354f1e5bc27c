import { CliError } from '#cli/cli-error.ts';

/** A deployment intent group, or a logical cloud, which is asked in the same words, as the command line names it. */
export interface GroupPath {
  /** `project/compositeApp/version/group`, or `lc:project:cloud`. */
  readonly name: string;
  /** `/v2/projects/…/deployment-intent-groups/…` or `/v2/projects/…/logical-clouds/…`. */
  readonly path: string;
}

const FULL = /^(?:\/?v2)?\/?projects\/([^/]+)\/composite-apps\/([^/]+)\/([^/]+)\/deployment-intent-groups\/([^/]+)\/?$/;
const CLOUD = /^(?:\/?v2)?\/?projects\/([^/]+)\/logical-clouds\/([^/]+)\/?$/;
const NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

/**
 * Takes `project/compositeApp/version/group`, the path of the group's document, or the id of its workflow; of a logical
 * cloud the path of its document or `lc:project:cloud`.
 */
export function toGroupPath(text: string): GroupPath {
  const cloud = CLOUD.exec(text)?.slice(1) ?? (text.startsWith('lc:') ? text.slice(3).split(':') : null);
  if (cloud !== null && cloud.length === 2 && cloud.every((name) => NAME.test(name))) {
    return { name: `lc:${cloud.join(':')}`, path: `/v2/projects/${cloud[0]}/logical-clouds/${cloud[1]}` };
  }
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
