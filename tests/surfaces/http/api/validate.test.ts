import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Port } from '../port.js';

let port: Port;
beforeAll(async () => {
  port = await Port.open({ approvedLabel: 'prod' });
});
afterAll(() => port.close());

const GOOD = 'action: backup\nbackup_type: files\nstack: media\nsource: /srv/photos\ndestination: /mnt/nas\n';

async function validate(yaml: unknown, more: object = {}) {
  return port.json('POST', '/validate', { yaml_content: yaml, ...more });
}

describe('POST /validate', () => {
  test('a good intent', async () => {
    const { status, body } = await validate(GOOD);
    expect([status, body]).toEqual([200, { valid: true, errors: [], warnings: [] }]);
  });

  test('every error with its place and what would be right', async () => {
    const { body } = await validate('action: backup\nbackup_type: files\nstack: media\nsource: 7\n');
    expect(body.valid).toBe(false);
    expect(body.errors).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ line: 4, field: 'source' }),
        expect.objectContaining({ field: 'destination' }),
      ]),
    );
    for (const error of body.errors) expect(error).not.toHaveProperty('file');
  });

  test('depends_on may name the intents that are there, and no others', async () => {
    expect((await validate(`${GOOD}depends_on: [photos]\n`)).body.valid).toBe(true);
    expect((await validate(`${GOOD}depends_on: [nowhere]\n`)).body).toMatchObject({
      valid: false,
      errors: [{ field: 'depends_on[0]' }],
    });
  });

  test('a label of another installation is a warning', async () => {
    expect((await validate(`${GOOD}label_required: staging\n`)).body).toMatchObject({
      valid: true,
      warnings: [{ code: 'label_mismatch' }],
    });
  });

  test.each([
    ['no YAML', 'a: [', 200],
    ['nothing', '', 200],
    ['aliases that grow', `a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: [*c,*c]\n`, 200],
    ['deep', '['.repeat(10_000), 200],
    ['wide', 'x: y\n'.repeat(20_000), 200],
    ['no text', 7, 422],
  ])('%s is an answer', async (_case, yaml, status) => {
    const answer = await validate(yaml);
    expect(answer.status).toBe(status);
    if (status === 200) expect(answer.body).toMatchObject({ valid: false });
  });

  test.each(['../../etc/cron.d/x', 'a/b', '..', '-x', 'a\0b', 'a\nb'])('%j is no name', async (name) => {
    expect((await validate(GOOD, { name })).body).toMatchObject({ status: 422, code: 'request_invalid' });
  });
});
