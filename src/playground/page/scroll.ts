/** So far from the end, in pixels, a reader still counts as being at the end. */
const NEAR = 60;

let list: HTMLElement | null = null;
let shownChannel = '';
let isAtEnd = true;
let lastTop = 0;

/** The message components take their size after the page is drawn, and a phone turns: the end stays in sight. */
const watched = new ResizeObserver(toEnd);

function toEnd(): void {
  if (list && isAtEnd) list.scrollTop = list.scrollHeight;
}

/** Keeps readers at the end of the channel who are there already, or who come from another channel. */
export function followEnd(channelId: string): void {
  const now = document.getElementById('messages');
  if (now && now !== list) {
    list = now;
    watched.disconnect();
    watched.observe(now);
    for (const child of now.children) watched.observe(child);
    now.addEventListener('scroll', () => {
      // The list may have grown since this was caused; only a way up is a reader's wish.
      const isNear = now.scrollHeight - now.scrollTop - now.clientHeight < NEAR;
      if (isNear) isAtEnd = true;
      else if (now.scrollTop < lastTop) isAtEnd = false;
      lastTop = now.scrollTop;
    });
  }
  if (channelId !== shownChannel) isAtEnd = true;
  shownChannel = channelId;
  toEnd();
}
