/** Both wait until the page is drawn. */
const later = (work: () => void) => requestAnimationFrame(() => requestAnimationFrame(work));

export function focusComposer(): void {
  later(() => document.getElementById('composer')?.focus());
}

/** The option that the command form has at hand, or its Send button. */
export function focusOption(): void {
  later(() => {
    const field =
      document.querySelector<HTMLElement>('.option.current input') ?? document.getElementById('send');
    field?.focus();
  });
}
