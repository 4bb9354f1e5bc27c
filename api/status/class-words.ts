/** The words of thousands of targets from their classes: the same counts as word by word. */
import type { TargetClass } from '#domain/ports/plans.ts';
import { isDefinition, type StatusWord, toPhaseWord, toReadyWord } from './status-words.ts';

type Counted = readonly [StatusWord, number];

export const toDeployedWords = (classes: readonly TargetClass[]): readonly Counted[] =>
  classes.map(({ phase, objectCount, targets }) => [toPhaseWord(phase), objectCount * targets] as const);

export const toReadyWords = (classes: readonly TargetClass[]): readonly Counted[] => classes.flatMap(toReadyOfClass);

function toReadyOfClass({ phase, isWanted, identities, hasCrds, health, targets }: TargetClass): readonly Counted[] {
  const standing = { phase, isWanted, successor: null };
  const definitions = hasCrds ? [...health.keys()].filter(isDefinition) : [];
  return [...identities, ...definitions]
    .map((key) => toReadyWord(standing, key, health.get(key)))
    .filter((word) => word !== null)
    .map((word) => [word, targets] as const);
}
