import { describe, expect, it } from 'vitest';
import { makeLastMade } from '#activities/index.ts';

describe('what was made last', () => {
  it('is remembered by place, with what it was made from, the newest only', () => {
    const made = makeLastMade<string>(10);
    made.remember('g web', { key: 'a', value: 'first' });
    made.remember('g web', { key: 'b', value: 'second' });
    made.remember('g db', { key: 'a', value: 'other' });
    expect(made.recall('g web')).toEqual({ key: 'b', value: 'second' });
    expect(made.recall('g db')).toEqual({ key: 'a', value: 'other' });
    expect(made.recall('g api')).toBeUndefined();
  });

  it('keeps so many places, and forgets the one that was not made for the longest time', () => {
    const made = makeLastMade<number>(2);
    made.remember('one', { key: '', value: 1 });
    made.remember('two', { key: '', value: 2 });
    made.remember('one', { key: '', value: 3 });
    made.remember('three', { key: '', value: 4 });
    expect(made.recall('two')).toBeUndefined();
    expect(made.recall('one')?.value).toBe(3);
  });
});
