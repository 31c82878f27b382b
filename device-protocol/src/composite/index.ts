export { type ConsoleDriverOptions, consoleDriver } from './console-driver.ts';
export { type ModeSwitchingDriverOptions, modeSwitchingDriver } from './mode-switching-driver.ts';
export { withConsole } from './with-console.ts';
