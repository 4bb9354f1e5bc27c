export { findFreePort, findFreePorts } from './free-port.ts';
export type { ProgramSpec, RunningProgram } from './program.ts';
export { startProgram } from './start-program.ts';
export { startTogether } from './start-together.ts';
export { stopAll } from './stop-all.ts';
export type { Stoppable } from './stop-all.ts';
export { toFlags } from './to-flags.ts';
export { waitUntil } from './wait-until.ts';
