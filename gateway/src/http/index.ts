export { clipAnswer } from './clip-answer.ts';
export type { HttpDependencies } from './dependencies.ts';
export { EventHub } from './events/event-hub.ts';
export { createHttpServer, type HttpServer } from './server.ts';
