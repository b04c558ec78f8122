import type { Actions } from '../actions.js';
import type { State } from '../state.js';
import { valuesOf } from './state.js';

/** Asks the bot what it offers for the option at hand, with what is filled in already. */
export function refreshChoices(state: State, actions: Actions): void {
  const { composer } = state;
  if (composer.mode !== 'command') return;
  const option = composer.pick.options.find(({ name }) => name === composer.at);
  if (!option?.autocomplete) return;
  const others = { ...composer, shown: composer.shown.filter((name) => name !== option.name) };
  const checked = valuesOf({
    ...others,
    pick: {
      ...composer.pick,
      options: composer.pick.options.filter((entry) => others.shown.includes(entry.name)),
    },
  });
  const filled = 'values' in checked ? checked.values : {};
  const asking = actions.askChoices(
    composer.pick.words,
    option.name,
    composer.typed[option.name] ?? '',
    filled,
  );
  actions.set({ composer: { ...composer, asking, failed: false } });
}
