import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openTokens } from '../../../../src/channels/cards/token.ts'
import { makeSeal } from '../../../../src/store/seal.ts'

const tokens = openTokens(makeSeal(Buffer.alloc(32, 7)))
const anything = fc.record({ action: fc.string(), ref: fc.array(fc.string()), version: fc.string() })

test('a token says what it is about, and holds for its own action and version only', () => {
  fc.assert(fc.property(anything, anything, (made, other) => {
    const token = tokens.make(made)
    expect(tokens.refOf(token)).toEqual(made.ref)
    expect(tokens.isOurs({ ...made, token })).toBe(true)
    expect(tokens.isOurs({ ...made, action: other.action, token })).toBe(made.action === other.action)
    expect(tokens.isOurs({ ...made, version: other.version, token })).toBe(made.version === other.version)
  }))
})

test('F10: a token of which anything was altered is none, nor one that another key made', () => {
  const stranger = openTokens(makeSeal(Buffer.alloc(32, 8)))
  fc.assert(fc.property(anything, fc.nat(), fc.string({ minLength: 1, maxLength: 1 }), (made, at, character) => {
    const token = tokens.make(made)
    const altered = `${token.slice(0, at % token.length)}${character}${token.slice((at % token.length) + 1)}`
    fc.pre(altered !== token)
    expect(tokens.isOurs({ ...made, token: altered })).toBe(false)
    expect(tokens.isOurs({ ...made, token: stranger.make(made) })).toBe(false)
  }))
})

test('F10: the parts of two tokens do not make a third', () => {
  fc.assert(fc.property(anything, anything, (some, others) => {
    fc.pre(JSON.stringify(some.ref) !== JSON.stringify(others.ref))
    const [about] = tokens.make(others).split('.')
    const [, mac] = tokens.make(some).split('.')
    expect(tokens.isOurs({ ...some, token: `${about}.${mac}` })).toBe(false)
    expect(tokens.isOurs({ ...others, token: `${about}.${mac}` })).toBe(false)
  }))
})

test('what is no token says nothing and breaks nothing', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('', '.', '..', 'e30.', 'WzFd.x')), (token) => {
    expect(tokens.isOurs({ action: 'approve', token })).toBe(false)
    expect(tokens.refOf(token) === undefined || Array.isArray(tokens.refOf(token))).toBe(true)
  }))
  expect(tokens.refOf('WzFd.x')).toBeUndefined() // [1]
})
