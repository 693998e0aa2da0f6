# What boto3 says of the cluster: whose answer this is, nothing of Tuesday has touched. Prints JSON.
import json
import boto3

ecs = boto3.client("ecs")


def every(operation, key):
    found, token = [], None
    while True:
        more = {"nextToken": token} if token else {}
        page = getattr(ecs, operation)(cluster="shop", **more)
        found += page[key]
        token = page.get("nextToken")
        if not token:
            return found


def described(operation, key, names, size):
    found = []
    for start in range(0, len(names), size):
        given = {key: names[start : start + size]}
        found += getattr(ecs, operation)(cluster="shop", **given)[key]
    return found


def attribute(instance, name):
    return next((a.get("value") for a in instance["attributes"] if a["name"] == name), None)


def service(each):
    completed = sum("deployment completed" in event["message"] for event in each["events"])
    counts = [each["desiredCount"], each["runningCount"], len(each["deployments"]), completed]
    return [each["serviceName"], *counts]


tasks = described("describe_tasks", "tasks", every("list_tasks", "taskArns"), 100)
services = described("describe_services", "services", every("list_services", "serviceArns"), 10)
arns = every("list_container_instances", "containerInstanceArns")
instances = described("describe_container_instances", "containerInstances", arns, 100)
digests = {
    each["group"] + " " + container.get("imageDigest", "")
    for each in tasks
    for container in each["containers"]
}
print(
    json.dumps(
        {
            "instances": sorted([i["status"], attribute(i, "tuesday.os-build")] for i in instances),
            "services": sorted(service(each) for each in services),
            "digests": sorted(digests),
            "tasks": sorted(t["group"] for t in tasks if t["lastStatus"] == "RUNNING"),
        }
    )
)
