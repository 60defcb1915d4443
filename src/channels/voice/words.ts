import type { SpokenLanguage } from '../../phone/phone.ts'

/** Twilio's names of the languages. */
export const tags = { en: 'en-US', es: 'es-US' } as const satisfies Record<SpokenLanguage, string>

type Said = Record<SpokenLanguage, string>

/** What is said where the salon's side of the call does not answer; everything else is decided there. */
export const ownWords = {
  stalled: {
    en: 'I\'m sorry, this is taking too long. Let me see if a person can take over.',
    es: 'Disculpe, esto está tardando demasiado. Voy a ver si una persona puede atenderle.',
  },
  broke: {
    en: 'I\'m sorry, something isn\'t working on our side. Let me see if a person can take your call.',
    es: 'Disculpe, algo no funciona de nuestro lado. Voy a ver si una persona puede atender su llamada.',
  },
  message: {
    en: 'If nobody has picked up, you may leave your name, your number and a short message after the tone. It will be recorded, and somebody at the salon will listen to it.',
    es: 'Si nadie ha contestado, puede dejar su nombre, su número y un mensaje breve después del tono. Se grabará, y alguien del salón lo escuchará.',
  },
  thanks: {
    en: 'Thank you. Goodbye.',
    es: 'Gracias. Adiós.',
  },
} satisfies Record<string, Said>
