import { z } from 'zod'
import { errorFields, type Logger } from '../../logger.ts'
import { type Clock, minutesBetween } from '../../salon/time.ts'
import type { Cards, View } from '../cards/card.ts'
import type { Ask } from './ask.ts'
import { renderHome } from './blocks/render-view.ts'
import type { Roles } from './roles.ts'

/** The App Home of each person. */
export type Homes = {
  /** Draws it as it is now. `hash` names what is shown, when Slack said; `onlyIfOpen` leaves those alone who have not looked lately. */
  draw(home: { userId: string; hash?: string | undefined; opened?: boolean; onlyIfOpen?: boolean }): Promise<void>
  /** Draws it again for everybody who looked lately. */
  drawAll(): Promise<void>
}

/** A home that was opened this long ago is looked at no more; it is drawn when it is opened again. */
const openMinutes = 30

const Published = z.object({ view: z.object({ hash: z.string() }) })

export function openHomes({ ask, cards, roles, clock, logger }: { ask: Ask; cards: Cards; roles: Roles; clock: Clock; logger: Logger }): Homes {
  const open = new Map<string, { at: string; hash?: string }>()

  const viewFor = async (userId: string): Promise<View> => {
    const known = await roles.whoIs(userId)
    return known.kind === 'person' ? cards.home(known.person) : {
      subject: 'home', summary: 'The front desk',
      cards: [{ subject: 'home', title: 'The front desk', tone: 'plain', parts: [{ kind: 'text', text: known.why }], buttons: [] }],
    }
  }

  /** Somebody else drew meanwhile: what is shown may be older than what we have, so it is drawn once more from the store. */
  const publish = async (userId: string, hash: string | undefined): Promise<string | undefined> => {
    const answer = await ask('views.publish', { user_id: userId, view: renderHome(await viewFor(userId)), ...(hash === undefined ? {} : { hash }) })
    if (answer.ok) return Published.safeParse(answer.data).data?.view.hash
    if (answer.error === 'hash_conflict' && hash !== undefined) return publish(userId, undefined)
    logger.warn({ code: answer.error }, 'App Home could not be drawn')
    return undefined
  }

  const draw: Homes['draw'] = async ({ userId, hash, opened = false, onlyIfOpen = false }) => {
    const before = open.get(userId)
    const isOpen = before !== undefined && minutesBetween(before.at, clock.now()) < openMinutes
    if (onlyIfOpen && !isOpen) return
    const shown = await publish(userId, hash ?? before?.hash)
    if (opened || isOpen) open.set(userId, { at: opened || before === undefined ? clock.now() : before.at, ...(shown === undefined ? {} : { hash: shown }) })
  }
  return {
    draw,
    async drawAll() {
      for (const [userId, { at }] of open) {
        if (minutesBetween(at, clock.now()) >= openMinutes) open.delete(userId)
        else await draw({ userId }).catch((error: unknown) => logger.warn(errorFields(error), 'App Home could not be drawn'))
      }
    },
  }
}
