/** Uploads a folder with the AWS SDK, part by part. Credentials stand in the environment. */
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { parallelParts, partBytes } from './peers.ts';

const [folder, endpoint, bucket] = process.argv.slice(2);
if (folder === undefined || endpoint === undefined || bucket === undefined) {
  throw new Error('usage: sdk-upload.js FOLDER ENDPOINT BUCKET');
}
const client = new S3Client({
  endpoint,
  region: 'us-east-1',
  forcePathStyle: true,
  // Ceph and others refuse the trailers the SDK sends by default.
  requestChecksumCalculation: 'WHEN_REQUIRED',
  responseChecksumValidation: 'WHEN_REQUIRED',
});
for (const name of await readdir(folder)) {
  const upload = new Upload({
    client,
    params: { Bucket: bucket, Key: `sdk/${name}`, Body: createReadStream(join(folder, name)) },
    partSize: partBytes,
    queueSize: parallelParts,
  });
  await upload.done();
}
