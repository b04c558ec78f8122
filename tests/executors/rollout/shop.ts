import { expect } from '@jest/globals';
import type { RolloutFields } from '../../../src/core/model/fields.js';
import type { PlanPart } from '../../../src/core/model/plan.js';
import type { PartResult } from '../../../src/core/ports/executor.js';
import type { RolloutData } from '../../../src/executors/rollout/data.js';
import { rollout } from '../../../src/executors/rollout/executor.js';
import { ComposeStack } from '../../support/compose-stack.js';
import { idsOf } from '../../support/docker.js';
import type { ImageRecipe } from '../../support/docker-images.js';
import type { TestRegistry } from '../../support/docker-registry.js';
import { publishImage } from '../../support/registry-images.js';
import { Rollouts } from './rollouts.js';

/** A stack whose images come from a registry, and the rollouts of it. */
export class Shop extends Rollouts {
  constructor(private readonly registry: TestRegistry) {
    super(new ComposeStack('none'));
  }

  image(app = 'web', tag = '1'): string {
    return `${this.registry.address}/${this.stack.name}/${app}:${tag}`;
  }

  /** Pushes an image as another machine would: this host's own tags stay as they were. Returns its id. */
  publish(recipe: ImageRecipe, name = this.image()): Promise<string> {
    return publishImage(name, recipe);
  }

  start(services: Record<string, object>): void {
    this.stack.write(services);
    this.stack.up('--quiet-pull');
  }

  /** Plans and runs. */
  async go(more?: Partial<RolloutFields>): Promise<{ part: PlanPart<RolloutData>; result: PartResult }> {
    const part = await this.plan(more);
    expect(part.blockers).toEqual([]);
    return { part, result: await rollout.run(part, this.lab.runContext()) };
  }

  twins(): string[] {
    return idsOf('ps', '-aq', '--filter', `label=chatops.twin.project=${this.stack.name}`);
  }
}
