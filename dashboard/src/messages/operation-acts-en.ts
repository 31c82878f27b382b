/** Words for acts on live sources, on-site operations and alarms, and for why one is refused. */
export const operationActsEn = {
  custody: {
    'recorder-registered': 'Recorder registered before it was ever docked',
    'live-source-set': 'Way of sending live registered',
    'live-source-removed': 'Way of sending live removed',
    'operation-opened': 'On-site operation opened',
    'operation-related': 'On-site operation related to a case',
    'operation-joined': 'Joined an on-site operation',
    'operation-left': 'Left an on-site operation',
    'operation-closed': 'On-site operation closed',
    'bookmark-made': 'Moment marked',
    'bookmark-struck': 'Mark struck out',
    'alarm-raised': 'Alarm raised',
    'alarm-ended': 'Alarm ended',
    'alarm-seen': 'Alarm seen',
  },
  problem: {
    'live-source-invalid': 'This cannot be how a recorder sends. Check address, name and password.',
    'live-password-wanted':
      'The password is kept for another address. Give it again for this one, or say that there is none.',
    'live-user-taken': 'Another recorder sends under this name. Choose another one.',
    'operation-closed': 'The operation is closed.',
    'recorder-in-operation': 'The recorder takes part in an operation already. Have it leave that one first.',
    'recorder-not-in-operation': 'The recorder takes no part in this operation.',
    'bookmark-struck': 'This mark is struck out already.',
    'bookmark-outside': 'This moment lies outside the operation, or outside the recorder’s part in it.',
    'no-live-stream': 'The recorder sends no live stream now.',
    'no-live-picture': 'No whole picture has come yet. Try again in a moment.',
    'live-pictures-busy': 'Too many pictures are asked for at once. Try again in a moment.',
    'websocket-needed': 'Live pictures want a WebSocket, which something on the way does not let through.',
  },
};
