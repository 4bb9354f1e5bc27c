export { makeHealthExpressions } from './make-health-expressions.ts';
