import { describe, expect, test } from '@jest/globals';
import { commands } from '../../commands/index.js';

describe('slash commands', () => {
  test.each(Object.entries(commands))(
    '/%s is for servers, shown to administrators, and named like its key',
    (name, command) => {
      const body = command.builder.toJSON();
      expect(body).toMatchObject({
        name,
        contexts: [0],
        integration_types: [0],
        default_member_permissions: String(1 << 3),
      });
      expect(command.name).toBe(name);
    },
  );

  test('/backup becomes a request; the intent’s name is taken to the letter', () => {
    expect(commands.backup.options.parse({ intent: ' Plex ' })).toEqual({
      intent: ' Plex ',
      params: {},
      typed: null,
      dryRun: false,
      action: 'backup',
    });
    expect(commands.backup.options.parse({ intent: 'x', dry_run: true }).dryRun).toBe(true);
    expect(() => commands.backup.options.parse({ intent: 5 })).toThrow();
  });

  test('/scale, /rollout and /steps become requests for their own action only', () => {
    expect(commands.scale.options.parse({ intent: 'web', replicas: 0 })).toEqual({
      intent: 'web',
      params: { replicas: 0 },
      typed: null,
      dryRun: false,
      action: 'scale',
    });
    expect(commands.scale.options.parse({ intent: 'web', dry_run: true })).toMatchObject({
      params: {},
      dryRun: true,
    });
    for (const name of ['rollout', 'steps'] as const) {
      expect(commands[name].options.parse({ intent: 'media', params: 'a=b' })).toEqual({
        intent: 'media',
        params: {},
        typed: 'a=b',
        dryRun: false,
        action: name,
      });
    }
  });

  test('Discord itself takes only whole numbers from 0 for replicas, and completes every intent', () => {
    const options = (name: 'backup' | 'scale' | 'rollout' | 'steps') =>
      commands[name].builder.toJSON().options ?? [];
    expect(options('scale')[1]).toMatchObject({ name: 'replicas', type: 4, min_value: 0, required: false });
    for (const name of ['backup', 'scale', 'rollout', 'steps'] as const) {
      expect(options(name)[0]).toMatchObject({ name: 'intent', required: true, autocomplete: true });
      const params = options(name).find((option) => option.name === 'params');
      expect(params).toMatchObject({ required: false, autocomplete: true });
    }
  });

  test('every option that a schema knows is offered, and the other way round', () => {
    const offered = (name: keyof typeof commands) =>
      (commands[name].builder.toJSON().options ?? []).map((o) => o.name);
    for (const name of ['backup', 'rollout', 'steps'] as const) {
      expect(offered(name)).toEqual(['intent', 'params', 'dry_run']);
    }
    expect(offered('run')).toEqual(Object.keys(commands.run.options.shape));
    expect(offered('scale')).toEqual(['intent', 'replicas', 'params', 'dry_run']);
    for (const name of ['status', 'runs', 'intents', 'why', 'help'] as const) {
      expect(offered(name)).toEqual(Object.keys(commands[name].options.shape));
    }
  });

  test('/run forgives what a phone’s keyboard does to an id', () => {
    expect(commands.run.options.parse({ id: ' R-7K2M ' })).toEqual({ id: 'r-7k2m' });
  });
});
