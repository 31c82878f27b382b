import { computed, ref } from 'vue';
import { sessionState } from './session-state.ts';

/** Whom the gateway takes the person at the dock itself to be, where it asks for no token. */
export const localOperator = 'local';

/** The name that was given last on this screen; it is offered again, and can be changed for each act. */
export const statedPerson = ref('');

/** Whether an act has to name its person: with a token, its holder is known already. */
export const mustStatePerson = computed(() => sessionState.session?.name === localOperator);

/** What an act says of its person. */
export function actingPerson(): { person?: string } {
  const person = statedPerson.value.trim();
  return mustStatePerson.value && person !== '' ? { person } : {};
}
