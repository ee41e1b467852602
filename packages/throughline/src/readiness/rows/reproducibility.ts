import type { Facts, FinishedRun, LakeFacts } from '../facts.ts';
import { type Point, point } from '../point.ts';

/** Whether the same can be made again: model, seeds, code, versions. */
export function reproducibility(facts: Facts): Point[] {
  const { config, lake, command } = facts;
  const seeds = point(true, `themes.seed: ${config.themes.seed}, themes.sample: ${config.themes.sample}`);
  // One that found nothing to do says nothing of how the tables were made.
  const last = lake?.finished.find(
    ({ status, build, result }) =>
      status === 'done' && build === lake.build?.digest && result.chunks.done > 0,
  );
  if (!lake || !last)
    return [
      modelPin(facts),
      seeds,
      point(false, 'no run has ended well and left what serves', { mend: command('run') }),
    ];
  return [
    modelPin(facts),
    recordedModel(last, facts),
    seeds,
    code(last, facts),
    versions(last, facts),
    ...pins(lake, facts),
  ];
}

/** A branch or tag of a hub moves; a commit does not. */
function modelPin({ spec, model }: Facts): Point {
  if (spec.model === 'hub') {
    const isCommit = /^[0-9a-f]{40}$/.test(spec.revision);
    return point(
      isCommit,
      isCommit
        ? `embed.model: ${spec.id} at commit ${spec.revision}`
        : `embed.model: the revision ${spec.revision || '(none)'} of ${spec.id} is not a commit, and can move`,
      { mend: `embed: { model: hub:${spec.id}@COMMIT }, with the 40 digits of the commit` },
    );
  }
  if (spec.model === 'api' || spec.model === 'command') {
    const said = spec.revision === undefined ? '' : `, revision ${spec.revision}`;
    const kind = spec.model === 'api' ? 'weights of an API' : 'what a command loads';
    return point(
      spec.revision !== undefined,
      `embed: ${model.id}${said}; ${kind} cannot be pinned from here${spec.revision === undefined ? ', and no revision is named that would embed everything again' : ''}`,
      { mend: 'embed: { revision: NAME }, changed whenever the model behind it does' },
    );
  }
  return point(
    true,
    `embed.model: ${model.id}, digest ${model.digest.slice(0, 16)} over its files and settings`,
  );
}

function recordedModel({ run, manifest }: FinishedRun, { model, command }: Facts): Point {
  const ok = manifest.model?.digest === model.digest;
  return point(
    ok,
    ok
      ? `run ${run} recorded the same model digest`
      : `run ${run} used another model: ${manifest.model?.digest.slice(0, 16) ?? 'not recorded'}`,
    { command: command(`runs show ${run}`), mend: command('run') },
  );
}

function code({ run, manifest: { git } }: FinishedRun, { command }: Facts): Point {
  if (!git)
    return point(false, `run ${run} was made outside of a git repository`, {
      mend: `keep the config in git (git init, git add, git commit), then ${command('run --force')}`,
    });
  return point(
    !git.dirty,
    `run ${run} was made at commit ${git.commit.slice(0, 12)}${git.dirty ? ', with changes that are not committed' : ', without other changes'}`,
    { command: `git show ${git.commit.slice(0, 12)}`, mend: `git commit, then ${command('run --force')}` },
  );
}

function versions({ run, manifest }: FinishedRun, facts: Facts): Point {
  const recorded = manifest.versions ?? {};
  const others = Object.entries(facts.versions).filter(([name, version]) => recorded[name] !== version);
  return point(
    others.length === 0,
    others.length === 0
      ? `run ${run} recorded the versions that are installed: ${Object.entries(recorded)
          .map(([name, version]) => `${name} ${version}`)
          .join(', ')}`
      : `versions differ from those of run ${run}: ${others.map(([name, version]) => `${name} ${recorded[name] ?? 'not recorded'} -> ${version}`).join(', ')}`,
    { command: facts.command(`runs show ${run}`), mend: facts.command('run --force') },
  );
}

/** Nobody has to pin a run; where one is, it is evidence. */
function pins({ pins: all, build }: LakeFacts, { command }: Facts): Point[] {
  const pinned = all.filter((pin) => pin.build === build!.digest).sort((a, b) => b.at - a.at)[0];
  if (!pinned) return [];
  return [
    point(true, `run ${pinned.run} is pinned: its versions stay`, {
      command: command(`run --reproduce ${pinned.run}`),
    }),
  ];
}
