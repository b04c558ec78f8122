import type { User } from './wire/types.js';
import { channelOf } from './world/access.js';
import { createMessage } from './world/messages.js';
import type { World } from './world/world.js';

const NOTE = (docs: string) => `## Welcome
This is a Discord server of your own, on this machine only. The bot in it is the real one: what you confirm really happens here.
**Try it**
1. Type \`/backup\`, press Enter, and choose \`demo\`: a small sample folder.
2. Read the preview, then press **Confirm backup**. The archive lands in \`data/demo-backups\`.
3. \`/runs\` shows the history, \`/intents\` what else can be run, \`/help\` the rest.
4. Act as **victor**, who has no rights, and press a button of the bot: only victor sees the refusal.
**With Docker**
- Start the sample stack: \`docker compose -f intents/demo-stack/docker-compose.yml up -d\`
- Then \`/scale\` with \`demo_scale\`, and \`/rollout\` with \`demo_rollout\`.
**Go on**
- Your own intents go into \`intents/\`, and are there as soon as you save them.
- Your real server takes ten minutes: [how to connect it](${docs}).
-# Messages here are gone when the playground ends. Runs and archives stay.`;

/**
 * Posts the note that says what to try. Its author is neither the bot nor a member.
 * @param docs address of the page on connecting a real server
 */
export function postGuide(world: World, channelId: string, docs: string): void {
  const author: User = { ...world.bot, id: world.newId(), username: 'Guide' };
  createMessage(world, {
    channel: channelOf(world, channelId),
    author,
    body: { content: NOTE(docs), flags: 1 << 2, allowed_mentions: { parse: [] } },
    uploads: [],
    path: [],
    webhookId: author.id,
  });
}
