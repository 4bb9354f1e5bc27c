import { Failure } from '#domain/failure.ts';
import type { GitRepository } from '#domain/ports/plugins.ts';

/** Refuses what git could take for an option, a program to run, a local path or a place for credentials. */
export function checkRepository({ url, branch }: Pick<GitRepository, 'url' | 'branch'>, allowFile: boolean): void {
  checkUrl(url, allowFile);
  if (!isBranchName(branch)) refuse('branch of the repository', 'a branch name', printable(branch));
}

function checkUrl(url: string, allowFile: boolean): void {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || hasControl(url)) refuse('repository', 'an http or https URL', 'text that is no URL');
  const allowed = allowFile ? ['http:', 'https:', 'file:'] : ['http:', 'https:'];
  if (!allowed.includes(parsed.protocol)) refuse('repository', 'an http or https URL', `a ${parsed.protocol} URL`);
  const object = `repository ${parsed.host}${parsed.pathname}`;
  if (parsed.username !== '' || parsed.password !== '') {
    refuse(object, 'credentials in the sync object only', 'credentials in the URL');
  }
  if (parsed.search !== '' || parsed.hash !== '') refuse(object, 'a URL without query', 'a query');
}

function refuse(object: string, expected: string, found: string): never {
  throw new Failure('git-refused', [{ object, expected, found }]);
}

/** The rules of `git check-ref-format --branch`. */
function isBranchName(branch: string): boolean {
  if (branch === '' || branch.length > 200 || branch.startsWith('-') || branch === '@' || branch === 'HEAD')
    return false;
  if (hasControl(branch) || /[ ~^:?*[\\]|\.\.|@\{|\/\/|\.$|\/$/.test(branch)) return false;
  return branch.split('/').every((segment) => segment !== '' && !segment.startsWith('.') && !segment.endsWith('.lock'));
}

export const isCommitId = (text: string): boolean => /^[0-9a-f]{40}$/.test(text);

/** Control and invisible formatting characters, and halves of surrogate pairs. */
export const hasControl = (text: string): boolean => /[\p{Cc}\p{Cf}]/u.test(text) || !text.isWellFormed();

/** Safe to show: at most 200 characters, nothing that moves a terminal's cursor. */
export const printable = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .trim()
    .slice(0, 200);
