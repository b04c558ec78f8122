// The page is drawn in a microtask; one that is queued after it finds the page as it is then. Nothing that is
// typed in between gets lost.

export function focusComposer(): void {
  queueMicrotask(() => document.getElementById('composer')?.focus());
}

/** The option that the command form has at hand, or its Send button. */
export function focusOption(): void {
  queueMicrotask(() => {
    const field =
      document.querySelector<HTMLElement>('.option.current input') ?? document.getElementById('send');
    field?.focus();
  });
}
