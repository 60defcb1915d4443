/** What the demo salon's clients are told before they come, by service: whole sentences of the salon's own. */
export const demoPreparation: Record<string, string> = {
  'color-balayage': 'Please come with dry hair, without oil in it.',
  'color-correction': 'Please bring a picture of the color you have in mind.',
  'treat-keratin': 'Please plan not to wash your hair for three days afterwards.',
  'bridal-trial': 'Please bring your veil or headpiece.',
}
