import { timeText } from './markdown/chat-time.js';

/** `<chat-time seconds style-letter>`: an instant in local time; relative ones go on counting. */
class ChatTime extends HTMLElement {
  static readonly observedAttributes = ['seconds', 'look'];
  #timer: number | undefined;

  connectedCallback(): void {
    this.#show();
    if (this.getAttribute('look') === 'R') this.#timer = window.setInterval(() => this.#show(), 1000);
  }

  disconnectedCallback(): void {
    window.clearInterval(this.#timer);
  }

  attributeChangedCallback(): void {
    if (this.isConnected) this.#show();
  }

  #show(): void {
    const seconds = Number(this.getAttribute('seconds'));
    const text = timeText(seconds, this.getAttribute('look') ?? 'f', Date.now());
    if (this.textContent !== text) this.textContent = text;
    this.title = timeText(seconds, 'F', Date.now());
  }
}

customElements.define('chat-time', ChatTime);
