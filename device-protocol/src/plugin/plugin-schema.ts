import { Type } from '../schema.ts';

const Id = Type.Integer({ minimum: 0, maximum: 0xffff });
const ClassCode = Type.Integer({ minimum: 0, maximum: 0xff });

export const PluginName = Type.String({ pattern: '^[a-z][a-z0-9-]{0,31}$' });

export const Serves = Type.Array(
  Type.Union([
    Type.Object({ by: Type.Literal('volume') }),
    Type.Object({ by: Type.Literal('serial') }),
    Type.Object({
      by: Type.Literal('usb'),
      title: Type.String({ minLength: 1, maxLength: 100 }),
      match: Type.Object({
        vendorId: Id,
        productId: Id,
        product: Type.Optional(Type.String({ maxLength: 256 })),
        interface: Type.Object({
          class: ClassCode,
          subclass: Type.Optional(ClassCode),
          protocol: Type.Optional(ClassCode),
        }),
      }),
    }),
  ]),
  { minItems: 1, maxItems: 256 },
);
