import { fileURLToPath } from 'node:url';

/** The checkout the lab belongs to. */
export const repository = fileURLToPath(new URL('../..', import.meta.url));
