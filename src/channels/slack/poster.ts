import { errorFields, type Logger } from '../../logger.ts'
import type { Clock } from '../../salon/time.ts'
import type { Store } from '../../store/open-store.ts'
import { drainOutbox, type EffectHandler } from '../../store/outbox.ts'
import type { PostLane } from '../../store/tables/channels.ts'
import type { Cards } from '../cards/card.ts'
import type { SlackCalls } from './calls.ts'
import { openDrawing } from './draw-post.ts'
import { postEvent } from './look-for-post.ts'
import { type DrawDay, openPictures } from './pictures.ts'
import { postKind } from './posts.ts'
import { adopt, postEffect, type PostRow, type Queueing, updateKind, wantUpdate } from './post-effect.ts'
import { updateEffect } from './update-effect.ts'

/** A message that somebody pressed a button of. */
type ClickedMessage = { channel: string; ts: string; metadata?: { event_type?: string | undefined; event_payload?: Record<string, unknown> | undefined } | undefined }

/**
 * What a clicked message is to the desk. `duplicate`: a second copy of one that is known (its buttons are taken away);
 * `foreign`: none of the messages it keeps (a form, the home tab, an older desk); what is pressed counts all the same.
 */
type Recognised = { kind: 'known' | 'adopted' | 'duplicate'; key: string; subject: string | null } | { kind: 'foreign' }

export type Poster = {
  /**
   * Sends what is wanted and due, approvals before talk before what can wait; answers how many were tried. Nothing sleeps:
   * call it again and again, without waiting for the call before (a lane that is under way is left alone).
   */
  deliver(): Promise<number>
  /** Subjects that changed: every message that shows one of them and would look different now is to be drawn again. Cheap when nothing would. */
  refresh(subjects: string[]): Promise<void>
  /** After a press: the pressed message, and others about the same, are drawn again at once as far as Slack allows. */
  settleClick(clicked: { channel: string; ts: string; subject?: string | undefined }): Promise<void>
  recognise(clicked: ClickedMessage): Promise<Recognised>
}

/** What waits for the same comes back one after another: a message a second in a channel is Slack's pace, and about the one of updates. */
const queuePaceMs = 1_000

/** Counts who waits within one run of a lane; the first waits exactly as long as it must. */
function openQueue(): Queueing {
  const waiting = new Map<string, number>()
  return (sameFor, retryAfterMs) => {
    const before = waiting.get(sameFor) ?? 0
    waiting.set(sameFor, before + 1)
    return retryAfterMs + before * queuePaceMs
  }
}

/** Everything the desk keeps in Slack: posted once, kept as things are, in lanes that do not hold up each other. */
export function openPoster({ store, clock, calls, cards, logger, picture }: { store: Store; clock: Clock; calls: SlackCalls; cards: Pick<Cards, 'view'>; logger: Logger; picture?: DrawDay | undefined }): Poster {
  const draw = openDrawing({ cards, pictures: openPictures({ store, clock, calls, logger, draw: picture }) })
  const updates = () => new Map([[updateKind, updateEffect({ store, clock, logger, calls, draw, queueing: openQueue() })]])
  const busy = new Set<string>()

  /** Works through one lane, unless it is being worked through already. */
  async function once(name: string, handlers: ReadonlyMap<string, EffectHandler>): Promise<number> {
    if (busy.has(name)) return 0
    busy.add(name)
    try {
      return await drainOutbox({ store, clock, handlers })
    } finally {
      busy.delete(name)
    }
  }

  async function lane(name: PostLane): Promise<number> {
    const posted: PostRow[] = []
    try {
      return await once(name, new Map([[postKind(name), postEffect({ store, clock, logger, calls, draw, queueing: openQueue(), onPosted: (row) => posted.push(row) })]]))
    } finally {
      // What changed between drawing and posting was not in the message and not yet anybody's to update.
      await refresh(posted.flatMap(({ subject }) => subject ?? []))
    }
  }

  /** Answers the keys of the updates that are wanted now. */
  async function refresh(subjects: string[]): Promise<string[]> {
    if (subjects.length === 0) return []
    const wanted: string[] = []
    const rows = await store.db.selectFrom('slack_posts').selectAll().where('subject', 'in', [...new Set(subjects)]).where('state', '=', 'posted').where('content', 'is', null).execute()
    for (const row of rows) {
      try {
        const { shown } = await draw(row)
        if (shown !== row.shown) wanted.push(await store.transaction((trx) => wantUpdate(trx, { key: row.key, now: clock.now() })))
      } catch (error) {
        logger.error({ key: row.key, ...errorFields(error) }, 'a message could not be drawn again')
      }
    }
    return wanted
  }

  return {
    async deliver() {
      const first = await settled([() => lane('card')])
      const others = await settled([() => lane('talk'), () => once(updateKind, updates())])
      const last = await settled([() => lane('bulk')])
      const failure = [...first, ...others, ...last].find((one) => one.status === 'rejected')
      if (failure !== undefined) throw failure.reason
      return [...first, ...others, ...last].reduce((sum, one) => sum + (one.status === 'fulfilled' ? one.value : 0), 0)
    },
    refresh: async (subjects) => { await refresh(subjects) },
    async settleClick({ channel, ts, subject }) {
      const row = await store.db.selectFrom('slack_posts').select('subject').where('channel', '=', channel).where('ts', '=', ts).executeTakeFirst()
      const wanted = await refresh([row?.subject, subject].filter((one) => one !== undefined && one !== null))
      for (const key of wanted) await drainOutbox({ store, clock, handlers: updates(), key })
    },
    async recognise({ channel, ts, metadata }) {
      const key = metadata?.event_type === postEvent ? metadata.event_payload?.['key'] : undefined
      const row = await store.db.selectFrom('slack_posts').selectAll()
        .where((where) => (typeof key === 'string' ? where('key', '=', key) : where.and([where('channel', '=', channel), where('ts', '=', ts)]))).executeTakeFirst()
      if (row === undefined) return { kind: 'foreign' }
      const known = { key: row.key, subject: row.subject }
      if (row.ts === ts) return { kind: 'known', ...known }
      const now = clock.now()
      return store.transaction(async (trx) => {
        if (row.ts === null && (await adopt(trx, { key: row.key, channel, ts, shown: null, now })) !== undefined) return { kind: 'adopted', ...known }
        await wantUpdate(trx, { key: row.key, copyTs: ts, channel, now })
        return { kind: 'duplicate', ...known }
      })
    },
  }
}

function settled(work: (() => Promise<number>)[]): Promise<PromiseSettledResult<number>[]> {
  return Promise.allSettled(work.map((one) => one()))
}
