// An S3-compatible server that checks signatures. Keeps objects in a folder as NAME._S3rver_object.
import S3rver from "@20minutes/s3rver";

const [port, directory, bucket] = process.argv.slice(2);
await new S3rver({
  address: "127.0.0.1",
  port: Number(port),
  directory,
  silent: true,
  configureBuckets: [{ name: bucket }],
}).run();
console.log("ready");
