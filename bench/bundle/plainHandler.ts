import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import middy from '@middy/core';
import { z } from 'zod';

// What referenceHandler.ts does, written as the libraries' own first examples write it.

const Order = z.object({
  orderId: z.string().min(1).max(64),
  quantity: z.int().positive(),
  placedAt: z.iso.datetime(),
});

const client = new DynamoDBClient({ region: 'eu-west-1' });

export const handler = middy<{ readonly body: string }, { readonly statusCode: number }>().handler(
  async ({ body }) => {
    const parsed = Order.safeParse(JSON.parse(body));
    if (!parsed.success) return { statusCode: 400 };
    const { orderId, quantity, placedAt } = parsed.data;
    await client.send(
      new PutItemCommand({
        TableName: 'orders',
        Item: {
          orderId: { S: orderId },
          quantity: { N: `${quantity}` },
          placedAt: { S: placedAt },
        },
        ConditionExpression: 'attribute_not_exists(orderId)',
      }),
    );
    return { statusCode: 202 };
  },
);
