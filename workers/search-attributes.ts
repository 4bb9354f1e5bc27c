import { searchAttributes } from '#workflows/messages.ts';

/** Types of our search attributes as Temporal's CLI and operator service spell them. */
export const searchAttributeTypes: Readonly<Record<string, 'Keyword' | 'Int'>> = {
  [searchAttributes.project]: 'Keyword',
  [searchAttributes.compositeApp]: 'Keyword',
  [searchAttributes.group]: 'Keyword',
  [searchAttributes.state]: 'Keyword',
  [searchAttributes.revision]: 'Int',
};
