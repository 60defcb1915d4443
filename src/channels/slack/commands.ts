import { mayActAs, type Person } from '../../approvals/roles.ts'
import { setPause } from '../../approvals/rollout.ts'
import { errorFields } from '../../logger.ts'
import { unwrap } from '../../platforms/unwrap.ts'
import { chooseLocations } from '../../salon/choose-locations.ts'
import { DeskError, wordsFor } from '../../salon/errors.ts'
import type { Location } from '../../salon/salon.ts'
import { localDate } from '../../salon/time.ts'
import { rememberPerson } from '../../store/people.ts'
import { sayAway } from './away.ts'
import type { Request } from './bolt-app.ts'
import { directConversation } from './conversation-id.ts'
import { answerTurn } from './conversation.ts'
import { locationOfChannel, setDeskChannel } from './desk-channels.ts'
import { postBrief } from './post-answer.ts'
import { readText } from './read-text.ts'
import { type Place, reply, replyWithLink, replyWithView } from './reply.ts'
import type { CommandBody } from './slack-body.ts'
import type { SlackRoom } from './slack-room.ts'

/** What a command works with: who typed it where, and the rest of the line. */
type Typed = { room: SlackRoom; key: string; person: Person; place: Place; channel: string; team: string; rest: string }

/** Does it, and answers a sentence for whoever typed it; undefined when the answer is on its way already. */
type Command = (typed: Typed) => Promise<string | undefined>

const inDirect = 'I answered you in our direct messages.'

const commands: Record<string, Command> = {
  help: async () => help,
  calls: sendCalls,
  ask: (typed) => ask(typed),
  summary: (typed) => ask({ ...typed, rest: `How does the risk look ${typed.rest === '' ? 'today' : typed.rest}?` }),
  away: ({ room: { platform, clock }, rest }) => sayAway({ platform, clock, name: rest }),

  async pause({ room, person }) {
    await setPause({ store: room.store, paused: true, by: person, now: room.clock.now() })
    return 'Paused. Nothing is changed or sent until a manager types "/desk resume"; the booking system goes on as ever.'
  },
  async resume({ room, person }) {
    await setPause({ store: room.store, paused: false, by: person, now: room.clock.now() })
    const held = await room.approvals.catchUp()
    return `Acting again.${held > 0 ? ` ${held} held ${held === 1 ? 'change was' : 'changes were'} settled.` : ''}`
  },

  async here({ room, person, channel, rest }) {
    if (!mayActAs(person, 'manager')) return 'Only a manager may say where the desk is.'
    if (!/^[CG]/.test(channel)) return 'Type this in the channel that shall be the desk of a location.'
    const { locations } = unwrap(await room.platform.catalog())
    const [location, ...more] = chooseLocations(locations, rest === '' ? undefined : rest)
    if (location === undefined || more.length > 0) return `Which location is this channel the desk of? Type "/desk here NAME", with one of: ${locations.map(({ name }) => name).join(', ')}.`
    await room.store.transaction((trx) => setDeskChannel(trx, { locationId: location.id, channel, by: person.id, now: room.clock.now() }))
    return `This channel is the desk of ${location.name} now: its morning brief comes here. Invite me with "/invite @Front desk" if I am not in it yet.`
  },

  async texts({ room, place }) {
    await replyWithView({ room, place, view: await room.cards.view('texts') })
    return undefined
  },

  async phone({ room, place }) {
    await replyWithView({ room, place, view: await room.cards.view('phone') })
    return undefined
  },

  async waitlist({ room, person, place }) {
    await replyWithView({ room, place, view: await room.cards.view('waitlist', person) })
    return undefined
  },

  async page({ room, person, place }) {
    if (room.signInLink === undefined) return 'The page can be opened on the machine the desk runs on. To open it from elsewhere, set PUBLIC_URL there.'
    await replyWithLink({ room, place, text: 'This opens the desk\'s page as you, once, within 15 minutes. Do not pass it on.', link: { url: await room.signInLink(person), label: 'Open the page' } })
    return undefined
  },
}

/** The words that `/desk` knows. */
export const commandWords = Object.keys(commands)

const help = [
  'What I can do:',
  '• /desk calls: who to call today, and why',
  '• /desk ask …, or write to me: the book, a client, a policy, a change to prepare',
  '• /desk summary: how risky the day is',
  '• /desk texts: clients\' texts that wait for a person',
  '• /desk phone: clients\' calls, which of them wait for a person, how the day went',
  '• /desk waitlist: chairs that are free, who is asked, who waits',
  '• /desk away NAME: what somebody who cannot come still has today',
  '• /desk pause, /desk resume: stop everything; a manager lets it go on',
  '• /desk here: this channel is the desk of a location (managers)',
  '• /desk page: a link that opens the desk in your browser',
].join('\n')

/** `/desk …`. What is none of our words is a question. */
export async function handleCommand(room: SlackRoom, { key, at, bot, body }: Request & { body: CommandBody }): Promise<void> {
  const place: Place = { userId: body.user_id, at, channel: body.channel_id, responseUrl: body.response_url, triggerId: body.trigger_id }
  const known = await room.roles.whoIs(body.user_id, { fresh: true })
  if (known.kind !== 'person') return reply({ room, place, text: known.why })
  await rememberPerson(room.store.db, { person: known.person, now: room.clock.now() })
  const text = readText({ text: body.text, botUserId: bot.userId })
  const [, word = '', rest = ''] = /^(\S*)\s*([\s\S]*)$/.exec(text) ?? []
  const command = commands[word === '' ? 'help' : word.toLowerCase()]
  const typed: Typed = { room, key, person: known.person, place, channel: body.channel_id, team: body.team_id, rest: rest.trim() }
  const said = await run(room, () => (command === undefined ? ask({ ...typed, rest: text }) : command(typed)))
  if (said !== undefined) await reply({ room, place, text: said })
}

/** A question from a form or a shortcut. */
export async function handleAsk(room: SlackRoom, { key, person, place, team, text }: { key: string; person: Person; place: Place; team: string; text: string }): Promise<void> {
  await ask({ room, key, person, place, channel: '', team, rest: text })
}

/** Today's calls for somebody who asks for them. */
export async function handleCalls(room: SlackRoom, { key, person, place, team }: { key: string; person: Person; place: Place; team: string }): Promise<void> {
  const said = await run(room, () => sendCalls({ room, key, person, place, channel: '', team, rest: '' }))
  if (said !== undefined) await reply({ room, place, text: said })
}

async function run(room: SlackRoom, work: () => Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof DeskError)) room.logger.error(errorFields(error), 'a command failed')
    return wordsFor(error)
  }
}

/** The answer goes to the person's own messages with the desk, where the conversation goes on. */
async function ask({ room, key, person, place, channel, team, rest }: Typed): Promise<string | undefined> {
  if (rest === '') return 'Type your question after it: /desk ask what is our late policy?'
  await answerTurn({
    room, key, person, channel: place.userId, text: rest, recipient: { userId: place.userId, teamId: team },
    conversationId: directConversation({ team, userId: place.userId }), locationId: await locationOfChannel(room.store.db, channel),
  })
  return channel.startsWith('D') || channel === '' ? undefined : inDirect
}

/** The list as a live message: in the location's own channel, else in the person's messages with the desk. */
async function sendCalls({ room, key, place, channel, rest }: Typed): Promise<string | undefined> {
  const here = await locationOfChannel(room.store.db, channel)
  const { locations } = unwrap(await room.platform.catalog())
  const chosen = rest === '' && here !== undefined ? locations.filter(({ id }) => id === here) : chooseLocations(locations, rest === '' ? undefined : rest)
  const isHere = here !== undefined && chosen.length === 1 && chosen[0]?.id === here
  for (const location of chosen) await postBrief({ room, key: `${key}:${location.id}`, channel: isHere ? channel : place.userId, subject: briefOf(location, room) })
  return isHere || channel.startsWith('D') || channel === '' ? undefined : 'Today\'s calls are in our direct messages.'
}

function briefOf({ id, zone }: Location, { clock }: SlackRoom): string {
  return `brief:${id}:${localDate(clock.now(), zone)}`
}
