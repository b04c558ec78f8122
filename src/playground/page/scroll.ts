/** So far from the end, in pixels, a reader still counts as being at the end. */
const NEAR = 60;

let shownChannel = '';

/**
 * Asked before the page is drawn: was the reader at the end of the channel, or comes from another one? What it
 * returns scrolls there once the page is drawn, also when parts of it take their size later.
 */
export function followEnd(channelId: string): () => void {
  const before = document.getElementById('messages');
  const isOther = channelId !== shownChannel;
  const wasAtEnd = !before || before.scrollHeight - before.scrollTop - before.clientHeight < NEAR;
  shownChannel = channelId;
  return () => {
    if (!isOther && !wasAtEnd) return;
    const toEnd = () => {
      const list = document.getElementById('messages');
      if (list) list.scrollTop = list.scrollHeight;
    };
    toEnd();
    // The message components draw themselves one moment later.
    requestAnimationFrame(() => requestAnimationFrame(toEnd));
  };
}
