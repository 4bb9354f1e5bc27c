export { findFreePort, findFreePorts } from './free-port.ts';
export type { ProgramExit, ProgramSpec, RunningProgram } from './program.ts';
export { startProgram } from './start-program.ts';
export { stopAll } from './stop-all.ts';
export type { Stoppable } from './stop-all.ts';
export { waitUntil } from './wait-until.ts';
