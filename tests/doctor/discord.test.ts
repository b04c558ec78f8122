import { describe, expect, test } from '@jest/globals';
import { PermissionFlagsBits } from 'discord.js';
import { inviteLink } from '../../src/doctor/discord/permissions.js';
import { wantedCommands } from '../../src/surfaces/discord/command-set.js';
import { clinic, expectOnly, findingsOf } from './clinic.js';

const set = clinic();
/** A free port a moment ago, on which nothing listens. */
const CLOSED = 'http://127.0.0.1:9/api';

describe('a healthy installation', () => {
  test('has no findings, and every check says what it saw', async () => {
    const discord = await set.here.connect();
    const diagnosis = await set.here.examine();
    expect(findingsOf(diagnosis)).toEqual([]);
    expect(diagnosis.ok).toBe(true);
    const seen = diagnosis.checks.filter(({ state }) => state === 'ok').map(({ message }) => message);
    expect(seen).toEqual(
      expect.arrayContaining([
        'The token is valid: it is the bot ChatOps’s.',
        'The bot is in the server Home lab.',
        'The bot may do all that alerts need in #ops.',
        'The webhook Webhook answers.',
        '2 intents in'.concat(` ${set.here.path('intents')} can be used.`),
        'The audit trail ends where audit.head says (1 row).',
      ]),
    );
    expect(discord.violations).toEqual([]);
    expect(discord.requests.filter(({ method }) => method !== 'GET')).toHaveLength(1);
  });
});

describe('the way in', () => {
  test('no token: a warning, in production a problem', async () => {
    await set.here.connect();
    set.here.env.DISCORD_TOKEN = '';
    const remedy = /Reset Token\. Then set DISCORD_TOKEN in \.env\./;
    expectOnly(await set.here.examine(), 'warning', 'discord.token', /^DISCORD_TOKEN is not set/, remedy);
    set.here.env.NODE_ENV = 'production';
    expectOnly(await set.here.examine(), 'problem', 'discord.token', /does not start at all/, remedy);
  });

  test('a wrong token', async () => {
    const { token } = await set.here.connect();
    set.here.env.DISCORD_TOKEN = `${token}x`;
    const diagnosis = await set.here.examine();
    expectOnly(diagnosis, 'problem', 'discord.token', /does not accept the token/, /Bot › Reset Token/);
    expect(JSON.stringify(diagnosis)).not.toContain(token);
  });

  test('nobody answers', async () => {
    await set.here.connect();
    set.here.env.DISCORD_API_URL = CLOSED;
    set.here.env.DISCORD_WEBHOOK_URL = '';
    expectOnly(
      await set.here.examine(),
      'problem',
      'discord.api',
      /^Discord does not answer: 127\.0\.0\.1:9 can’t be reached/,
      /network, DNS and firewall \(port 443 outwards\), and DISCORD_API_URL/,
    );
  });

  test('Discord has trouble of its own', async () => {
    const discord = await set.here.connect();
    discord.inject({ path: /users/, answer: 500 });
    const id = 'discord.api';
    expectOnly(await set.here.examine(), 'problem', id, /status 500/, /discordstatus\.com/);
  });

  test('something else answers', async () => {
    await set.here.connect();
    set.here.env.DISCORD_API_URL = `http://127.0.0.1:${await set.here.serve(200, '<html>router</html>')}/api`;
    expectOnly(
      await set.here.examine(),
      'problem',
      'discord.api',
      /is not Discord/,
      /Remove it to use Discord/,
    );
  });

  test('Discord takes for ever: the check ends, and the others are there all the same', async () => {
    const discord = await set.here.connect();
    discord.inject({ path: /users/, delayMs: 3000 });
    const diagnosis = await set.here.examine({ part: 15_000, discord: 300 });
    expectOnly(diagnosis, 'problem', 'discord.api', /no answer within 0\.3 s/, /network and DNS/);
    expect(diagnosis.checks.map(({ id }) => id)).toContain('data.database');
  });

  test.each([
    [90_000, /about 1 min (29|30|31) s behind Discord’s/],
    [-90_000, /about 1 min (29|30|31) s ahead of Discord’s/],
  ])('a clock that is wrong by %d ms', async (skew, message) => {
    await set.here.connect({ now: () => Date.now() + skew });
    expectOnly(await set.here.examine(), 'warning', 'discord.clock', message, /timedatectl set-ntp true/);
  });

  test.each([
    [3, 'warning', /^The bot logs in to Discord very often: 3 of 1000 logins are left/],
    [0, 'problem', /^The bot can’t log in to Discord/],
  ] as const)('%d logins left', async (sessionsLeft, state, message) => {
    await set.here.connect({ sessionsLeft });
    expectOnly(
      await set.here.examine(),
      state,
      'discord.sessions',
      message,
      /what restarts the bot so often/,
    );
  });
});

describe('the server', () => {
  test('the bot is not in it: the invite has the exact scopes and permissions', async () => {
    const { applicationId } = await set.here.connect();
    set.here.env.DISCORD_GUILD_ID = '123456789012345678';
    set.here.env.DISCORD_WEBHOOK_URL = '';
    const bits = [
      PermissionFlagsBits.ViewChannel,
      PermissionFlagsBits.SendMessages,
      PermissionFlagsBits.EmbedLinks,
      PermissionFlagsBits.AttachFiles,
      PermissionFlagsBits.ReadMessageHistory,
      PermissionFlagsBits.CreatePublicThreads,
      PermissionFlagsBits.SendMessagesInThreads,
    ].reduce((sum, bit) => sum | bit, 0n);
    const invite = inviteLink(applicationId, '123456789012345678');
    expect(Object.fromEntries(new URL(invite).searchParams)).toEqual({
      client_id: applicationId,
      scope: 'bot applications.commands',
      permissions: String(bits),
      guild_id: '123456789012345678',
    });
    const diagnosis = await set.here.examine();
    expectOnly(
      diagnosis,
      'problem',
      'discord.guild',
      /not in the server 123456789012345678/,
      /Copy Server ID/,
    );
    expect(findingsOf(diagnosis)[0]?.remedy).toContain(`Invite it: ${invite} `);
  });

  test('in several, and none is chosen', async () => {
    await set.here.connect({ seed: { otherGuilds: { Friends: ['chat'] } } });
    set.here.env.DISCORD_GUILD_ID = '';
    expectOnly(
      await set.here.examine(),
      'problem',
      'discord.guild',
      /in 2 servers.*Home lab \(\d+\), Friends \(\d+\)/,
      /Set DISCORD_GUILD_ID/,
    );
  });

  test('in one, and none is chosen: that one it is, and commands are global', async () => {
    await set.here.connect();
    set.here.env.DISCORD_GUILD_ID = '';
    const message = /^No slash commands are registered/;
    expectOnly(await set.here.examine(), 'warning', 'discord.commands', message, /Start the bot/);
  });

  test('commands of another version', async () => {
    await set.here.connect();
    await set.here.register(wantedCommands(true, false).slice(1));
    const message = /not those of this version/;
    expectOnly(await set.here.examine(), 'warning', 'discord.commands', message, /Restart the bot/);
  });

  test('invited without applications.commands', async () => {
    const discord = await set.here.connect();
    discord.inject({ path: /commands/, answer: 403 });
    const message = /without the right to make slash commands/;
    expectOnly(await set.here.examine(), 'problem', 'discord.commands', message, /scope=bot\+applications/);
  });

  test('roles that allow too little', async () => {
    const discord = await set.here.connect();
    discord.setRolePermissions('@everyone', ['VIEW_CHANNEL', 'SEND_MESSAGES', 'READ_MESSAGE_HISTORY']);
    discord.setChannelPermissions('ops', 'bot', {
      allow: ['EMBED_LINKS', 'ATTACH_FILES', 'CREATE_PUBLIC_THREADS', 'SEND_MESSAGES_IN_THREADS'],
    });
    expectOnly(
      await set.here.examine(),
      'warning',
      'discord.permissions',
      /lack Embed Links, Attach Files, Create Public Threads and Send Messages in Threads/,
      /Server Settings › Roles, and allow Embed Links, .* for the bot ChatOps/,
    );
  });
});

describe('the channel for alerts', () => {
  test('denied for everyone, for a role and for the bot: each is named with its cause', async () => {
    const discord = await set.here.connect();
    discord.setMemberRoles('ChatOps', ['Operator']);
    discord.setChannelPermissions('ops', '@everyone', { deny: ['EMBED_LINKS', 'SEND_MESSAGES'] });
    discord.setChannelPermissions('ops', 'Operator', { allow: ['SEND_MESSAGES'], deny: ['ATTACH_FILES'] });
    discord.setChannelPermissions('ops', 'bot', { deny: ['CREATE_PUBLIC_THREADS'] });
    expectOnly(
      await set.here.examine(),
      'problem',
      'discord.ops_channel',
      /^In #ops the bot lacks Embed Links \(denied there for @everyone\), Attach Files \(denied there for the role Operator\), Create Public Threads \(denied there for the bot itself\)\.$/,
      /open #ops › Edit Channel › Permissions, and allow Embed Links, Attach Files and Create Public Threads for the bot ChatOps/,
    );
  });

  test('what a role denies and the bot itself is allowed is no finding; nor is anything for an administrator', async () => {
    const discord = await set.here.connect();
    discord.setChannelPermissions('ops', '@everyone', { deny: ['EMBED_LINKS'] });
    discord.setChannelPermissions('ops', 'bot', { allow: ['EMBED_LINKS'] });
    expect(findingsOf(await set.here.examine())).toEqual([]);
    discord.setChannelPermissions('ops', 'bot', { deny: ['EMBED_LINKS'] });
    discord.setMemberRoles('ChatOps', ['Admin']);
    expect(findingsOf(await set.here.examine())).toEqual([]);
  });

  test('of two roles, what one denies and the other allows is allowed', async () => {
    const discord = await set.here.connect();
    discord.setMemberRoles('ChatOps', ['Operator', 'Viewer']);
    discord.setChannelPermissions('ops', 'Operator', { deny: ['ATTACH_FILES'] });
    discord.setChannelPermissions('ops', 'Viewer', { allow: ['ATTACH_FILES'] });
    expect(findingsOf(await set.here.examine())).toEqual([]);
  });

  test('hidden from the bot', async () => {
    const discord = await set.here.connect();
    discord.setChannelPermissions('ops', '@everyone', { deny: ['VIEW_CHANNEL'] });
    const message = /^In #ops the bot lacks View Channel \(denied there for @everyone\)/;
    expectOnly(await set.here.examine(), 'problem', 'discord.ops_channel', message, /allow View Channel for/);
  });

  test('in another server', async () => {
    const discord = await set.here.connect({ seed: { otherGuilds: { Friends: ['chat'] } } });
    set.here.env.DISCORD_OPS_CHANNEL_ID = discord.channelId('chat');
    const message = /^#chat, which DISCORD_OPS_CHANNEL_ID names, is not in Home lab/;
    expectOnly(
      await set.here.examine(),
      'problem',
      'discord.ops_channel',
      message,
      /a channel of Home lab\. .*Copy Channel ID/,
    );
  });

  test('gone', async () => {
    await set.here.connect();
    set.here.env.DISCORD_OPS_CHANNEL_ID = '123456789012345678';
    const message = /^There is no channel 123456789012345678/;
    expectOnly(await set.here.examine(), 'problem', 'discord.ops_channel', message, /Copy Channel ID/);
  });

  test('the role that alerts mention: gone, not to be mentioned, and fine where the bot can mention every role', async () => {
    const discord = await set.here.connect();
    set.here.env.DISCORD_OPS_ROLE_ID = '123456789012345678';
    const gone = /^There is no role 123456789012345678/;
    expectOnly(await set.here.examine(), 'problem', 'discord.ops_role', gone, /Copy Role ID/);
    set.here.env.DISCORD_OPS_ROLE_ID = discord.roleId('Viewer');
    const silent = /^The role Viewer, .* can’t be mentioned/;
    expectOnly(await set.here.examine(), 'problem', 'discord.ops_role', silent, /Allow anyone to @mention/);
    discord.setMemberRoles('ChatOps', ['Admin']);
    expect(findingsOf(await set.here.examine())).toEqual([]);
    discord.setMemberRoles('ChatOps', []);
    set.here.env.DISCORD_OPS_ROLE_ID = discord.roleId('Operator');
    expect(findingsOf(await set.here.examine())).toEqual([]);
  });

  test('the webhook is gone: its address is not told', async () => {
    const discord = await set.here.connect();
    set.here.env.DISCORD_WEBHOOK_URL = `${discord.webhookUrl('alerts')}wrong`;
    const diagnosis = await set.here.examine();
    expectOnly(diagnosis, 'problem', 'discord.webhook', /does not exist/, /Integrations › Webhooks/);
    expect(JSON.stringify(diagnosis)).not.toContain('/webhooks/');
  });
});
