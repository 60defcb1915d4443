import { resolve } from 'node:path'
import { z } from 'zod'
import { DeskError } from './salon/errors.ts'
import { type Clock, fixedClock, systemClock } from './salon/time.ts'

const e164 = /^\+[1-9]\d{6,14}$/
const aPort = 'a whole number from 0 to 65535'
const aMailServer = 'write it like smtp://user:password@smtp.example.com:587 or smtps://…, with @, : and / in the password as %40, %3A and %2F'
const aMailbox = 'Write it like Juniper & Sage <desk@example.com>'

const slackIds = z.string().transform((list) => list.split(/[\s,]+/).filter((id) => id !== '')).pipe(z.array(z.string().regex(/^[UWS][A-Z0-9]{2,}$/, 'Slack user ids (U…) or user group ids (S…), separated by commas'))).default([])

const Environment = z.object({
  DESK_HOME: z.string().min(1).default('.desk'),
  // A "#" or "/" in the password must be written as %23 or %2F, or the address cannot be taken apart.
  DATABASE_URL: z.string().refine((url) => /^postgres(ql)?:\/\/.+/.test(url) && URL.canParse(url), 'write it like postgresql://user:password@host:5432/database').optional(),
  DESK_NOW: z.iso.datetime({ offset: true, error: 'write it like 2018-06-20T07:30:00-07:00' }).optional(),
  DESK_KEY: z.string().regex(/^[0-9a-f]{64}$/i, '64 hexadecimal digits, as `openssl rand -hex 32` prints').optional(),
  DESK_KNOWLEDGE: z.string().min(1).optional(),
  PORT: z.string().regex(/^\d{1,5}$/, aPort).transform(Number).refine((port) => port <= 65_535, aPort).default(3000),
  HOST: z.string().min(1).default('127.0.0.1'),
  DESK_LOG: z.enum(['silent', 'error', 'warn', 'info', 'debug'], 'one of silent, error, warn, info, debug').default('info'),
  DESK_API_TOKEN: z.string().min(16, 'at least 16 characters').optional(),
  OPENAI_API_KEY: z.string().min(1).optional(),
  OPENAI_BASE_URL: z.url({ protocol: /^https?$/, error: 'write it like http://localhost:11434/v1' }).optional(),
  DESK_MODEL: z.string().min(1).default('gpt-4.1-mini'),
  PUBLIC_URL: z.url({ protocol: /^https?$/, error: 'write it like https://desk.example.com' }).transform((url) => url.replace(/\/+$/, '')).optional(),
  SLACK_BOT_TOKEN: z.string().startsWith('xoxb-', 'the bot token of the Slack app, which begins with xoxb-').optional(),
  SLACK_APP_TOKEN: z.string().startsWith('xapp-', 'the app-level token of the Slack app, which begins with xapp-').optional(),
  SLACK_SIGNING_SECRET: z.string().min(16, 'the signing secret of the Slack app, under Basic Information').optional(),
  SLACK_API_URL: z.url({ protocol: /^https?$/, error: 'write it like https://slack.com/api/' }).optional(),
  SLACK_CHANNEL: z.string().regex(/^[CG][A-Z0-9]{2,}$/, 'the id of a channel, which begins with C (open the channel\'s details, at the very end)').optional(),
  SLACK_FRONT_DESK: slackIds,
  SLACK_MANAGERS: slackIds,
  SLACK_OWNERS: slackIds,
  TWILIO_ACCOUNT_SID: z.string().regex(/^AC[0-9a-f]{32}$/i, 'the Account SID, which begins with AC (Twilio Console, Account Info)').optional(),
  TWILIO_AUTH_TOKEN: z.string().min(16, 'the Auth Token (Twilio Console, Account Info)').optional(),
  TWILIO_AUTH_TOKEN_2: z.string().min(16, 'the secondary Auth Token, while one replaces the other').optional(),
  TWILIO_FROM: z.string().regex(e164, 'the number texts come from, like +13035550100').optional(),
  TWILIO_MESSAGING_SERVICE_SID: z.string().regex(/^MG[0-9a-f]{32}$/i, 'the id of a Messaging Service, which begins with MG').optional(),
  TWILIO_API_URL: z.url({ protocol: /^https?$/, error: 'write it like https://api.twilio.com' }).optional(),
  TWILIO_VOICE_NUMBER: z.string().regex(e164, 'the number people call, like +13035550100').optional(),
  VOICE_MODE: z.enum(['relay', 'gather', 'off'], 'one of relay, gather, off').optional(),
  DESK_PHONE: z.string().regex(e164, 'the telephone at the front desk, like +13035550111').optional(),
  VOICE_RECORDING: z.enum(['on', 'off'], 'on or off').default('off'),
  SMTP_URL: z.string().transform(readMailServer).optional(),
  EMAIL_FROM: z.string().transform(readMailbox).optional(),
  EMAIL_REPLY_TO: z.string().transform(readMailbox).optional(),
}).superRefine((set, context) => {
  if (set.SLACK_BOT_TOKEN !== undefined && set.SLACK_APP_TOKEN === undefined && set.SLACK_SIGNING_SECRET === undefined) {
    context.addIssue({ code: 'custom', path: ['SLACK_APP_TOKEN'], message: 'Slack needs a way in besides SLACK_BOT_TOKEN: SLACK_APP_TOKEN (Socket Mode, nothing to open to the internet) or SLACK_SIGNING_SECRET (HTTP)' })
  }
  if (set.SLACK_BOT_TOKEN === undefined && (set.SLACK_APP_TOKEN ?? set.SLACK_SIGNING_SECRET) !== undefined) {
    context.addIssue({ code: 'custom', path: ['SLACK_BOT_TOKEN'], message: 'is missing: the bot token of the Slack app, which begins with xoxb-' })
  }
  if (set.SMTP_URL !== undefined && set.EMAIL_FROM === undefined) context.addIssue({ code: 'custom', path: ['EMAIL_FROM'], message: `is missing: whom emails are from. ${aMailbox}` })
  if (set.SMTP_URL === undefined && (set.EMAIL_FROM ?? set.EMAIL_REPLY_TO) !== undefined) context.addIssue({ code: 'custom', path: ['SMTP_URL'], message: `is missing: the server that emails go through. ${aMailServer}` })
  // RFC 8058, section 3.1: what a mail program may press for its reader is an https address.
  if (set.SMTP_URL !== undefined && (set.PUBLIC_URL === undefined || !/^https:|^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:|\/|$)/.test(set.PUBLIC_URL))) context.addIssue({ code: 'custom', path: ['PUBLIC_URL'], message: 'emails need it, as an https address that clients can reach: every one carries a link to unsubscribe' })
  for (const [path, message] of [...missingOfTwilio(set), ...wrongOfVoice(set)]) context.addIssue({ code: 'custom', path: [path], message })
})

/** Texts need all of it or nothing; said at once, not one after another. */
function missingOfTwilio(set: Partial<Record<'TWILIO_ACCOUNT_SID' | 'TWILIO_AUTH_TOKEN' | 'TWILIO_AUTH_TOKEN_2' | 'TWILIO_FROM' | 'TWILIO_MESSAGING_SERVICE_SID' | 'TWILIO_VOICE_NUMBER' | 'PUBLIC_URL', string | undefined>>): [string, string][] {
  if ([set.TWILIO_ACCOUNT_SID, set.TWILIO_AUTH_TOKEN, set.TWILIO_AUTH_TOKEN_2, set.TWILIO_FROM, set.TWILIO_MESSAGING_SERVICE_SID, set.TWILIO_VOICE_NUMBER].every((one) => one === undefined)) return []
  const missing: [string, string][] = []
  if (set.TWILIO_ACCOUNT_SID === undefined) missing.push(['TWILIO_ACCOUNT_SID', 'is missing: the Account SID, which begins with AC (Twilio Console, Account Info)'])
  if (set.TWILIO_AUTH_TOKEN === undefined) missing.push(['TWILIO_AUTH_TOKEN', 'is missing: the Auth Token (Twilio Console, Account Info)'])
  if (set.TWILIO_FROM === undefined && set.TWILIO_MESSAGING_SERVICE_SID === undefined) missing.push(['TWILIO_FROM', 'is missing: the number texts come from, like +13035550100, or instead TWILIO_MESSAGING_SERVICE_SID'])
  if (set.PUBLIC_URL === undefined) missing.push(['PUBLIC_URL', 'is missing: the https address at which Twilio reaches this desk with what clients answer'])
  return missing
}

/** Calls need a number people call; and the telephone at the desk must be another one. */
function wrongOfVoice(set: { TWILIO_FROM?: string | undefined; TWILIO_VOICE_NUMBER?: string | undefined; VOICE_MODE?: string | undefined; DESK_PHONE?: string | undefined }): [string, string][] {
  if (set.VOICE_MODE === 'off') return []
  const number = set.TWILIO_VOICE_NUMBER ?? set.TWILIO_FROM
  if (number === undefined) return set.VOICE_MODE === undefined ? [] : [['TWILIO_VOICE_NUMBER', 'is missing: the number people call, like +13035550100 (TWILIO_FROM is taken where it is set)']]
  return set.DESK_PHONE === number ? [['DESK_PHONE', `is the number people call (${set.TWILIO_VOICE_NUMBER === undefined ? 'TWILIO_FROM' : 'TWILIO_VOICE_NUMBER'}): every call would come back to us. Give the number of another telephone at the desk`]] : []
}

/** The mail server of an `SMTP_URL`. Only these parts: an address with options could switch off the check of certificates. */
function readMailServer(given: string, context: z.RefinementCtx): Pick<EmailSettings, 'host' | 'port' | 'secure' | 'login'> {
  const url = URL.canParse(given) && /^smtps?:\/\//.test(given) ? new URL(given) : undefined
  const login = url === undefined || url.username === '' ? undefined : readLogin(url)
  if (url === undefined || url.hostname === '' || !/^\/?$/.test(url.pathname) || url.search !== '' || url.hash !== '' || (login === undefined && `${url.username}${url.password}` !== '')) {
    context.addIssue({ code: 'custom', message: aMailServer })
    return z.NEVER
  }
  const secure = url.protocol === 'smtps:'
  // An IPv6 address is written in brackets within a URL only.
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: url.port === '' ? (secure ? 465 : 587) : Number(url.port), secure, login }
}

function readLogin({ username, password }: URL): EmailSettings['login'] {
  try {
    return password === '' ? undefined : { user: decodeURIComponent(username), password: decodeURIComponent(password) }
  } catch {
    return undefined
  }
}

/** `Juniper & Sage <desk@juniper.example>`, or the address alone. */
function readMailbox(given: string, context: z.RefinementCtx): Mailbox {
  const [, name = '', inBrackets, alone] = /^(?:"?([^"<>\p{Cc}]{0,80}?)"?\s*<([^<>\s]+)>|([^<>\s]+))$/u.exec(given.trim()) ?? []
  const address = z.email().max(254).safeParse(inBrackets ?? alone)
  if (address.success) return { name: name.trim(), address: address.data }
  context.addIssue({ code: 'custom', message: aMailbox })
  return z.NEVER
}

export type Config = {
  /** Folder for everything the desk keeps on this machine, absolute. */
  home: string
  databaseUrl: string | undefined
  clock: Clock
  /** Whether DESK_NOW fixed the clock for this command. */
  clockFixed: boolean
  /** 32 bytes in hex; when absent one is made in `home/key`. */
  key: string | undefined
  knowledge: string | undefined
  port: number
  host: string
  logLevel: 'silent' | 'error' | 'warn' | 'info' | 'debug'
  apiToken: string | undefined
  /** Where the page is reached from outside, without a slash at the end. */
  publicUrl: string | undefined
  /** Present when Slack is configured: by `appToken` over Socket Mode, by `signingSecret` over HTTP. */
  slack: SlackSettings | undefined
  /** Present when texts that cannot arrive may go by email instead. */
  email: EmailSettings | undefined
  /** Present when texts go out by Twilio; `publicUrl` is there too then. */
  twilio: TwilioSettings | undefined
  /** Present when calls come in by Twilio; `twilio` and `publicUrl` are there too then. */
  voice: VoiceSettings | undefined
  /** Present when a language model is configured. */
  languageModel: { apiKey: string; baseUrl: string | undefined; model: string } | undefined
}

export type SlackSettings = {
  botToken: string
  appToken: string | undefined
  signingSecret: string | undefined
  /** Another server than Slack's, for tests. */
  apiUrl: string | undefined
  /** Where the morning list goes when no channel was chosen with `/desk here`. */
  channel: string | undefined
  /** User ids (U…, W…) and user group ids (S…) of each role; all empty: by their standing in the workspace. */
  roles: { frontDesk: string[]; managers: string[]; owners: string[] }
}

/** A name, '' for none, with its address. */
type Mailbox = { name: string; address: string }

/** The mail server (SMTP), and whom emails are from. */
export type EmailSettings = {
  host: string
  port: number
  /** TLS from the first byte (smtps); otherwise the connection is upgraded (STARTTLS). */
  secure: boolean
  login: { user: string; password: string } | undefined
  from: Mailbox
  /** A mailbox that people read; without it clients are told that nobody reads their answer. */
  replyTo: Mailbox | undefined
}

export type TwilioSettings = {
  accountSid: string
  /** The first is used to send; what Twilio signed with any of them is taken (rotation). */
  authTokens: [string, ...string[]]
  /** The number texts come from, E.164; absent where a Messaging Service chooses one. */
  from: string | undefined
  messagingServiceSid: string | undefined
  /** Another server than Twilio's, for tests. */
  apiUrl: string | undefined
}

export type VoiceSettings = {
  /** The number people call, E.164. */
  number: string
  /** ConversationRelay (a socket, words as they are known), or Gather (a request a turn). */
  mode: 'relay' | 'gather'
  /** Rings when a person is wanted, E.164; without it a message is taken. */
  deskPhone: string | undefined
  /** Whether calls may be recorded at all; a caller's "no" ends it. */
  recording: boolean
}

/**
 * Reads every setting from the environment; the only place that does.
 * Throws `DeskError('config')` that names all missing or wrong variables at once.
 */
export function readConfig(env: Record<string, string | undefined> = process.env): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const parsed = Environment.safeParse(given)
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`)
    throw new DeskError('config', {
      message: `bad settings: ${parsed.error.issues.map((issue) => issue.path.join('.')).join(', ')}`,
      userMessage: `These settings (environment variables) need another value:\n${lines.join('\n')}`,
    })
  }
  const set = parsed.data
  // A server of one's own (Ollama, vLLM) needs a base URL but often no key.
  const voiceNumber = set.TWILIO_VOICE_NUMBER ?? set.TWILIO_FROM
  const { VOICE_MODE: voiceMode = 'relay' } = set
  const hasModel = set.OPENAI_API_KEY !== undefined || set.OPENAI_BASE_URL !== undefined
  return {
    home: resolve(set.DESK_HOME),
    databaseUrl: set.DATABASE_URL,
    clock: set.DESK_NOW === undefined ? systemClock : fixedClock(set.DESK_NOW),
    clockFixed: set.DESK_NOW !== undefined,
    key: set.DESK_KEY,
    knowledge: set.DESK_KNOWLEDGE && resolve(set.DESK_KNOWLEDGE),
    port: set.PORT,
    host: set.HOST,
    logLevel: set.DESK_LOG,
    apiToken: set.DESK_API_TOKEN,
    publicUrl: set.PUBLIC_URL,
    slack: set.SLACK_BOT_TOKEN === undefined ? undefined : {
      botToken: set.SLACK_BOT_TOKEN,
      appToken: set.SLACK_APP_TOKEN,
      signingSecret: set.SLACK_SIGNING_SECRET,
      apiUrl: set.SLACK_API_URL,
      channel: set.SLACK_CHANNEL,
      roles: { frontDesk: set.SLACK_FRONT_DESK, managers: set.SLACK_MANAGERS, owners: set.SLACK_OWNERS },
    },
    email: set.SMTP_URL === undefined || set.EMAIL_FROM === undefined ? undefined : { ...set.SMTP_URL, from: set.EMAIL_FROM, replyTo: set.EMAIL_REPLY_TO },
    twilio: set.TWILIO_ACCOUNT_SID === undefined || set.TWILIO_AUTH_TOKEN === undefined ? undefined : {
      accountSid: set.TWILIO_ACCOUNT_SID,
      authTokens: [set.TWILIO_AUTH_TOKEN, ...(set.TWILIO_AUTH_TOKEN_2 === undefined ? [] : [set.TWILIO_AUTH_TOKEN_2])],
      from: set.TWILIO_FROM,
      messagingServiceSid: set.TWILIO_MESSAGING_SERVICE_SID,
      apiUrl: set.TWILIO_API_URL,
    },
    voice: set.TWILIO_ACCOUNT_SID === undefined || voiceNumber === undefined || voiceMode === 'off' ? undefined : { number: voiceNumber, mode: voiceMode, deskPhone: set.DESK_PHONE, recording: set.VOICE_RECORDING === 'on' },
    languageModel: hasModel ? { apiKey: set.OPENAI_API_KEY ?? 'none', baseUrl: set.OPENAI_BASE_URL, model: set.DESK_MODEL } : undefined,
  }
}
