export { MissingToolError } from './missing-tool-error.ts';
export { resolveTool } from './resolve-tool.ts';
export type { ResolverDeps } from './resolve-tool.ts';
export { runCommand, tryCommand } from './run-command.ts';
export type { ToolName } from './tool.ts';
export { TOOLS } from './tools.ts';
