import { expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { DeskError } from '../../src/salon/errors.ts'

test('with nothing set there are defaults for everything, and no language model', () => {
  expect(readConfig({})).toMatchObject({ port: 3000, host: '127.0.0.1', logLevel: 'info', clockFixed: false, databaseUrl: undefined, key: undefined, languageModel: undefined })
  expect(readConfig({}).home).toMatch(/\.desk$/)
})

test('an empty variable counts as not set', () => {
  expect(readConfig({ PORT: '', DATABASE_URL: '', OPENAI_API_KEY: '', DESK_NOW: '' })).toMatchObject({ port: 3000, databaseUrl: undefined, languageModel: undefined, clockFixed: false })
})

test('DESK_NOW fixes the clock; a model server of one\'s own needs no key', () => {
  const config = readConfig({ DESK_NOW: '2018-06-20T07:30:00-07:00', OPENAI_BASE_URL: 'http://localhost:11434/v1', DESK_MODEL: 'local' })
  expect([config.clock.now(), config.clock.now(), config.clockFixed]).toEqual(['2018-06-20T14:30:00.000Z', '2018-06-20T14:30:00.000Z', true])
  expect(config.languageModel).toEqual({ apiKey: 'none', baseUrl: 'http://localhost:11434/v1', model: 'local' })
})

test('all wrong variables are named at once, with what to write, and without their values', () => {
  const wrong = { DATABASE_URL: 'postgresql://desk:se#cret-word@host/db', DESK_NOW: 'tomorrow', DESK_KEY: 'short-secret', PORT: '70000', DESK_LOG: 'loud', DESK_API_TOKEN: 'tiny-secret', OPENAI_BASE_URL: 'not a url' }
  let thrown: unknown
  try {
    readConfig(wrong)
  } catch (error) {
    thrown = error
  }
  expect(thrown).toBeInstanceOf(DeskError)
  const { code, userMessage, message } = thrown as DeskError
  expect(code).toBe('config')
  for (const name of Object.keys(wrong)) {
    expect(userMessage).toContain(`${name}: `)
    expect(message).toContain(name)
  }
  expect(userMessage).toContain('2018-06-20T07:30:00-07:00')
  expect(`${message} ${userMessage}`).not.toMatch(/secret/)
})

test.each(['mysql://host/db', 'postgres://', 'host:5432', 'postgresql://desk:a/b@host/db'])('DATABASE_URL %s is refused', (url) => {
  expect(() => readConfig({ DATABASE_URL: url })).toThrow('DATABASE_URL')
})

test.each(['postgres://u:p@h/d', 'postgresql://u:p%23w@h:5432/d?sslmode=require'])('DATABASE_URL %s is taken', (url) => {
  expect(readConfig({ DATABASE_URL: url }).databaseUrl).toBe(url)
})

test('Slack needs a way in: the app token for Socket Mode, or the signing secret for HTTP', () => {
  expect(readConfig({ SLACK_APP_TOKEN: '', SLACK_BOT_TOKEN: '' }).slack).toBeUndefined()
  expect(() => readConfig({ SLACK_BOT_TOKEN: 'xoxb-1' })).toThrow('SLACK_APP_TOKEN')
  expect(() => readConfig({ SLACK_APP_TOKEN: 'xapp-1' })).toThrow('SLACK_BOT_TOKEN')
  expect(() => readConfig({ SLACK_BOT_TOKEN: 'xapp-1', SLACK_APP_TOKEN: 'xapp-1', SLACK_MANAGERS: '@olga', SLACK_CHANNEL: '#desk' })).toThrow('SLACK_BOT_TOKEN, SLACK_CHANNEL, SLACK_MANAGERS')
  expect(readConfig({ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1', SLACK_MANAGERS: 'U0MANAGER, S0GROUP' }).slack).toMatchObject({ roles: { managers: ['U0MANAGER', 'S0GROUP'], owners: [], frontDesk: [] } })
})

test('texts by Twilio need an account, a token, a sender and an address for what clients answer, and all that is missing is said at once', () => {
  const accountSid = `AC${'0'.repeat(32)}`
  const token = 'a-made-up-token-of-32-characters'
  expect(readConfig({ TWILIO_ACCOUNT_SID: '', TWILIO_AUTH_TOKEN: '' }).twilio).toBeUndefined()
  expect(() => readConfig({ TWILIO_ACCOUNT_SID: accountSid })).toThrow('TWILIO_AUTH_TOKEN, TWILIO_FROM, PUBLIC_URL')
  expect(() => readConfig({ TWILIO_FROM: '+13035550100', PUBLIC_URL: 'https://desk.example.com' })).toThrow('TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN')
  expect(() => readConfig({ TWILIO_ACCOUNT_SID: 'SK1', TWILIO_AUTH_TOKEN: token, TWILIO_FROM: '303 555 0100' })).toThrow('TWILIO_ACCOUNT_SID, TWILIO_FROM')
  const service = `MG${'1'.repeat(32)}`
  expect(readConfig({ TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: token, TWILIO_MESSAGING_SERVICE_SID: service, PUBLIC_URL: 'https://desk.example.com/' })).toMatchObject({ publicUrl: 'https://desk.example.com', twilio: { accountSid, authTokens: [token], from: undefined, messagingServiceSid: service, apiUrl: undefined } })
  expect(readConfig({ TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: token, TWILIO_AUTH_TOKEN_2: `${token}-2`, TWILIO_FROM: '+13035550100', PUBLIC_URL: 'https://desk.example.com' }).twilio).toMatchObject({ authTokens: [token, `${token}-2`], from: '+13035550100' })
})

const called = { TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`, TWILIO_AUTH_TOKEN: 'a-made-up-token-of-32-characters', TWILIO_FROM: '+13035550100', PUBLIC_URL: 'https://desk.example.com' }

test('calls come in where Twilio is connected: at the number of texts or another, in one of two ways, unless switched off', () => {
  expect(readConfig({ VOICE_MODE: '', DESK_PHONE: '' }).voice).toBeUndefined()
  expect(readConfig({ DESK_PHONE: '+13035550111', VOICE_RECORDING: 'on' }).voice).toBeUndefined()
  expect(readConfig(called).voice).toEqual({ number: '+13035550100', mode: 'relay', deskPhone: undefined, recording: false })
  expect(readConfig({ ...called, TWILIO_VOICE_NUMBER: '+13035550122', VOICE_MODE: 'gather', DESK_PHONE: '+13035550100', VOICE_RECORDING: 'on' }).voice).toEqual({ number: '+13035550122', mode: 'gather', deskPhone: '+13035550100', recording: true })
  expect(readConfig({ ...called, VOICE_MODE: 'off' }).voice).toBeUndefined()
  const service = { ...called, TWILIO_FROM: '', TWILIO_MESSAGING_SERVICE_SID: `MG${'1'.repeat(32)}` }
  expect(readConfig(service).voice).toBeUndefined()
  expect(readConfig({ ...service, TWILIO_VOICE_NUMBER: '+13035550122' }).voice).toMatchObject({ number: '+13035550122' })
})

test('wrong settings of calls are named: numbers, modes, and a desk phone whose calls would come back to us', () => {
  expect(() => readConfig({ ...called, TWILIO_VOICE_NUMBER: '303 555 0100', VOICE_MODE: 'loud', DESK_PHONE: '911', VOICE_RECORDING: 'yes' })).toThrow('TWILIO_VOICE_NUMBER, VOICE_MODE, DESK_PHONE, VOICE_RECORDING')
  expect(() => readConfig({ TWILIO_VOICE_NUMBER: '+13035550122' })).toThrow('TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_FROM, PUBLIC_URL')
  expect(() => readConfig({ VOICE_MODE: 'relay' })).toThrow('TWILIO_VOICE_NUMBER')
  expect(() => readConfig({ ...called, DESK_PHONE: called.TWILIO_FROM })).toThrow('DESK_PHONE')
  expect(() => readConfig({ ...called, TWILIO_VOICE_NUMBER: '+13035550122', DESK_PHONE: '+13035550122' })).toThrow('DESK_PHONE')
  expect(readConfig({ ...called, VOICE_MODE: 'off', DESK_PHONE: called.TWILIO_FROM }).voice).toBeUndefined()
})

const mailed = { SMTP_URL: 'smtp://desk:p%40ss@smtp.example.com', EMAIL_FROM: 'Juniper & Sage <desk@juniper.example>', PUBLIC_URL: 'https://desk.example.com' }

test('emails need a server, somebody they are from, and an https address to unsubscribe at', () => {
  expect(readConfig({ SMTP_URL: '', EMAIL_FROM: '' }).email).toBeUndefined()
  expect(readConfig(mailed).email).toEqual({ host: 'smtp.example.com', port: 587, secure: false, login: { user: 'desk', password: 'p@ss' }, from: { name: 'Juniper & Sage', address: 'desk@juniper.example' }, replyTo: undefined })
  expect(readConfig({ ...mailed, SMTP_URL: 'smtps://[::1]:2465/', EMAIL_FROM: 'desk@juniper.example', EMAIL_REPLY_TO: '"Hello" <hello@juniper.example>' }).email).toEqual({ host: '::1', port: 2465, secure: true, login: undefined, from: { name: '', address: 'desk@juniper.example' }, replyTo: { name: 'Hello', address: 'hello@juniper.example' } })
  expect(() => readConfig({ SMTP_URL: mailed.SMTP_URL })).toThrow('EMAIL_FROM, PUBLIC_URL')
  expect(() => readConfig({ EMAIL_FROM: mailed.EMAIL_FROM })).toThrow('SMTP_URL')
  for (const PUBLIC_URL of ['http://desk.example.com', 'http://localhost.evil.example']) expect(() => readConfig({ ...mailed, PUBLIC_URL })).toThrow('PUBLIC_URL')
  expect(readConfig({ ...mailed, PUBLIC_URL: 'http://localhost:3000' }).email).toBeDefined()
})

test.each(['smtp.example.com:587', 'http://smtp.example.com', 'smtp://', 'smtp://user@smtp.example.com', 'smtp://:secret@smtp.example.com', 'smtp://u:p@smtp.example.com?tls.rejectUnauthorized=false', 'smtp://u:p@smtp.example.com/path', 'smtp://u:%E0%A4%A@smtp.example.com'])('SMTP_URL %s is refused', (url) => {
  expect(() => readConfig({ ...mailed, SMTP_URL: url })).toThrow('SMTP_URL')
})

test.each(['Juniper', 'Juniper <desk>', 'Juniper\r\nBcc: x@evil.example <desk@juniper.example>', 'a@juniper.example, b@juniper.example', '<desk@juniper.example> <x@evil.example>'])('EMAIL_FROM %j is refused', (from) => {
  expect(() => readConfig({ ...mailed, EMAIL_FROM: from })).toThrow('EMAIL_FROM')
})
