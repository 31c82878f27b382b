/**
 * TypeBox, by one door: `npm run build` makes one file of its hundreds. Reading those took a process longer than all of
 * Docket's own, and each recorder that docks has a process of its own.
 */

export * from 'typebox';
export { Compile, type Validator } from 'typebox/compile';
export { Check, Errors, Value } from 'typebox/value';
