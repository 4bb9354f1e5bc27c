import type { ClusterDeployer } from '#domain/ports/plugins.ts';
import { applyBundle } from './apply-bundle.ts';
import { removeHook, runHook } from './hooks.ts';
import { removeApp } from './remove-app.ts';
import { inSession } from './session.ts';
import type { DeployerDeps } from './session.ts';

/**
 * Applies bundles to clusters directly: server-side apply under the field manager `emco`, with an ApplySet (KEP-3659) as
 * inventory. Its parent carries the applied bundle and the group's operation number, which fences out older writers.
 */
export const makeClusterDeployer = (deps: DeployerDeps): ClusterDeployer => ({
  apply: (request) => inSession(deps, request, (session) => applyBundle(session, request)),
  remove: (subject) => inSession(deps, subject, removeApp),
  runHook: (request) => inSession(deps, request, (session) => runHook(session, request)),
  removeHook: (request) => inSession(deps, request, (session) => removeHook(session, request)),
});
