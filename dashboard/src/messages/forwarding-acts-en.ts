/** Words in the custody log for acts on forwarding and on archive targets. */
export const forwardingActsEn = {
  'archive-probed': 'Archive target put to the test',
  'forwarding-paused': 'Forwarding paused',
  'forwarding-resumed': 'Forwarding resumed',
  'forwarding-retried': 'Forwarding tried again',
  'forwarding-demanded': 'Asked for by the centre',
  'forwarding-given-up': 'Forwarding given up until a person looks',
};
