/** The main job on real parts: Kubernetes API servers, Flux, Git, Temporal, and emco as a user starts it. */
import { afterAll, beforeAll } from 'vitest';
import { tellDrift } from './main-job/drift.ts';
import { tellLife } from './main-job/life.ts';
import { writeSmallApp } from './main-job/small.ts';
import { tellTrouble } from './main-job/trouble.ts';
import { startWorld, type World } from './main-job/world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld();
  await writeSmallApp(world);
});

afterAll(async () => {
  await world?.stop();
});

tellLife(() => world);
tellDrift(() => world);
tellTrouble(() => world);
