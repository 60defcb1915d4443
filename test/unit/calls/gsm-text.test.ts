import { describe, expect, it } from 'vitest'
import { gsmLength, toGsm } from '../../../src/calls/gsm-text.ts'

describe('gsm text', () => {
  it('counts extension characters twice and knows what is outside the alphabet', () => {
    expect(gsmLength('[ok]')).toBe(6)
    expect(gsmLength('ñ¿?')).toBe(3)
    expect(gsmLength('Sí')).toBeUndefined()
    expect(gsmLength('it’s')).toBeUndefined()
  })

  it('writes a text with plain characters only', () => {
    expect(toGsm('Sofía – it’s “fine”… 李')).toBe('Sofia - it\'s "fine"... ')
    expect(toGsm('Zoë Müller')).toBe('Zoe Müller')
  })
})
