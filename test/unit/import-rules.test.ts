import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../..')

/** Which rooms a room may import besides itself. The picture of this table is in the README ("How it is built"). */
const mayImport: Record<string, string[]> = {
  salon: [],
  onnx: [],
  embedding: ['onnx', 'salon'],
  understanding: ['embedding', 'salon'],
  prompts: ['salon'],
  // What a client wrote, read: words in, a reading out.
  replies: ['embedding', 'prompts', 'salon', 'understanding'],
  store: ['salon'],
  platforms: ['salon', 'store'],
  demo: ['salon'],
  imports: ['salon'],
  risk: ['onnx', 'platforms', 'salon', 'store'],
  policies: ['embedding', 'prompts', 'salon', 'store'],
  approvals: ['platforms', 'salon', 'store'],
  bookings: ['approvals', 'platforms', 'salon'],
  // Who is asked looks at consent and texting hours, and at the risk of visits.
  waitlist: ['approvals', 'bookings', 'calls', 'messages', 'platforms', 'replies', 'rescheduling', 'risk', 'salon', 'store', 'understanding'],
  calls: ['platforms', 'prompts', 'risk', 'salon', 'store'],
  messages: ['approvals', 'platforms', 'prompts', 'replies', 'salon', 'store'],
  // What is asked of clients by text, and what their answers lead to: each hands its handlers to messages.
  confirmations: ['approvals', 'bookings', 'calls', 'messages', 'platforms', 'prompts', 'replies', 'salon', 'store'],
  rescheduling: ['approvals', 'bookings', 'messages', 'platforms', 'replies', 'salon', 'store', 'understanding'],
  'client-answers': ['bookings', 'messages', 'platforms', 'policies', 'replies', 'salon', 'store'],
  // The salon's side of a phone call: the same handlers as clients' texts, said aloud.
  phone: ['approvals', 'bookings', 'client-answers', 'messages', 'platforms', 'policies', 'prompts', 'replies', 'rescheduling', 'salon', 'store', 'understanding', 'waitlist'],
  // Sound in, words out, on this machine.
  speech: ['embedding', 'salon'],
  pictures: ['insights', 'salon'],
  insights: ['calls', 'platforms', 'risk', 'salon', 'store'],
  // The agent knows what a tool is (`DeskTool`) and is handed the tools; tools are made to that shape.
  agent: ['approvals', 'logger', 'platforms', 'prompts', 'salon', 'store', 'understanding'],
  tools: ['agent', 'approvals', 'bookings', 'calls', 'channels/cards', 'insights', 'platforms', 'policies', 'salon', 'store', 'waitlist'],
  // One source of cards, and of what their buttons do, for every channel.
  'channels/cards': ['agent', 'approvals', 'calls', 'confirmations', 'insights', 'messages', 'phone', 'platforms', 'policies', 'replies', 'salon', 'store', 'waitlist'],
  // Calls as Twilio carries them; what is said is decided in `phone`.
  'channels/voice': ['channels/sms', 'config', 'logger', 'messages', 'phone', 'platforms', 'salon', 'store'],
  // Text and mail services behind the shapes that messages asks for.
  'channels/sms': ['config', 'logger', 'messages', 'salon', 'store'],
  'channels/email': ['config', 'logger', 'messages', 'prompts', 'salon', 'store'],
  'channels/slack': ['agent', 'approvals', 'calls', 'channels/cards', 'config', 'insights', 'logger', 'messages', 'phone', 'pictures', 'platforms', 'salon', 'speech', 'store'],
  'channels/web': ['agent', 'approvals', 'calls', 'channels/cards', 'config', 'insights', 'logger', 'messages', 'phone', 'platforms', 'replies', 'salon', 'speech', 'store'],
  'channels/terminal': ['app', 'connect-platform', 'start-desk', 'agent', 'approvals', 'calls', 'channels/cards', 'channels/email', 'channels/slack', 'channels/sms', 'channels/voice', 'channels/web', 'config', 'imports', 'insights', 'logger', 'messages', 'phone', 'platforms', 'policies', 'replies', 'risk', 'salon', 'speech', 'store', 'understanding', 'pictures', 'waitlist'],
  config: ['salon'],
  logger: ['salon'],
  changes: ['store'],
  // The composition root sees everything: `app` wires the desk, `ensure-book` fills it, `start-desk` keeps it up. Main only picks a command.
  app: ['*'],
  'open-readers': ['*'],
  'open-texts': ['*'],
  'open-platform': ['*'],
  'connect-platform': ['*'],
  'hear-platform': ['*'],
  once: [],
  'ensure-book': ['*'],
  'start-desk': ['*'],
  main: ['channels/terminal', 'salon'],
}

/** An SDK is imported only in the room that wraps it. */
const sdkRooms: [RegExp, string[]][] = [
  [/^onnxruntime-node$/, ['embedding', 'risk', 'speech']],
  [/^@huggingface\/|^@lat\.md\//, ['embedding']],
  [/^@moonshine-ai\/|^llama-tokenizer-js$|^opus-decoder$|^mpg123-decoder$/, ['speech']],
  [/^hnswlib-node$|^@langchain\/community/, ['policies']],
  [/^@langchain\/core\/(documents|embeddings)$/, ['policies', 'agent']],
  [/^langchain$|^@langchain\/(?!community)|^openai$/, ['agent', 'policies']],
  [/^pg-boss$|^pg$/, ['store']],
  [/^hono|^@hono\//, ['channels/web']],
  [/^commander$/, ['main', 'channels/terminal']],
  [/^csv-parse/, ['imports']],
  [/^prom-client$/, ['channels/web']],
  [/^pino$/, ['logger']],
  [/^@slack\//, ['channels/slack']],
  [/^vega|^@resvg\/|^dejavu/, ['pictures']],
  [/^preact/, ['channels/web']],
  [/^twilio/, ['channels/sms', 'channels/voice']],
  [/^ws$/, ['channels/voice']],
  [/^nodemailer/, ['channels/email']],
]

/** Clear exceptions, `file -> room`, each with its reason. */
const exceptions: Record<string, string> = {}

type Import = { file: string; specifier: string }

function imports(): Import[] {
  const files = ['src', 'tools'].flatMap((dir) => readdirSync(join(root, dir), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts')).map((name) => join(dir, name)))
  return files.flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, specifier]) => ({ file, specifier: String(specifier) })))
}

function roomOf(path: string): string {
  const [top, room, part] = path.split('/')
  if (top === 'tools') return 'tools'
  if (room?.endsWith('.ts')) return room.slice(0, -3)
  return room === 'channels' ? `channels/${part}` : String(room)
}

test('imports run one way: channels and tools to features to the port and the store to the vocabulary', () => {
  const wrong = imports().filter(({ specifier }) => specifier.startsWith('.')).flatMap(({ file, specifier }) => {
    const target = relative(root, resolve(root, dirname(file), specifier))
    const [from, to] = [roomOf(file), roomOf(target)]
    const allowed = mayImport[from]
    if (allowed === undefined) return [`${file}: the room "${from}" is not in the table`]
    return from === to || allowed.includes('*') || allowed.includes(to) || exceptions[`${file} -> ${to}`] !== undefined ? [] : [`${file} imports ${target}`]
  })
  expect(wrong).toEqual([])
})

test('a feature never knows a platform, only the port', () => {
  const wrong = imports().filter(({ file, specifier }) => roomOf(file) !== 'platforms' && !['app', 'open-texts', 'open-platform', 'connect-platform', 'hear-platform', 'ensure-book', 'start-desk'].includes(roomOf(file)) && /platforms\/(?!booking-platform\.ts|unwrap\.ts)/.test(specifier))
  expect(wrong).toEqual([])
})

test('one platform never knows another', () => {
  const wrong = imports().filter(({ file, specifier }) => {
    const folder = /^src\/platforms\/([^/]+)\//.exec(file)?.[1]
    if (folder === undefined || !specifier.startsWith('.')) return false
    const target = relative(root, resolve(root, dirname(file), specifier))
    // `kit` is what vendors' folders share; the mirror's copy of a vendor's book is an embedded book.
    const shared = target.startsWith('src/platforms/kit/') || (folder === 'mirror' && target.startsWith('src/platforms/embedded/'))
    return target.startsWith('src/platforms/') && !target.startsWith(`src/platforms/${folder}/`) && !shared && !/platforms\/(booking-platform|platform-adapter|unwrap)\.ts$/.test(target)
  })
  expect(wrong).toEqual([])
})

test('an SDK is imported only in the room that wraps it', () => {
  const wrong = imports().flatMap(({ file, specifier }) => {
    const rule = sdkRooms.find(([pattern]) => pattern.test(specifier))
    return rule === undefined || rule[1].includes(roomOf(file)) ? [] : [`${file} imports ${specifier}`]
  })
  expect(wrong).toEqual([])
})

test('only config.ts reads the environment, and no feature makes its own time', () => {
  const files = [...new Set(imports().map(({ file }) => file))]
  const reads = (pattern: RegExp, allowed: string[]) => files.filter((file) => !allowed.includes(roomOf(file)) && pattern.test(readFileSync(join(root, file), 'utf8').replace(/\/\/.*|\/\*[\s\S]*?\*\//g, '')))
  expect(reads(/process\.env/, ['config'])).toEqual([])
  expect(reads(/new Date\(\)|Date\.now\(\)/, ['salon'])).toEqual([])
})
