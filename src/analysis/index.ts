export { alignment } from './alignment.ts';
