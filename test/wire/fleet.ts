import type { Scenario } from '../../domain/simulation/scenario.ts';
import { type SmallPlan, smallScenario } from '../domain/simulation/smallWorld.ts';

const names = ['orders', 'portal', 'basket', 'search', 'mail', 'stock'];

const services: NonNullable<SmallPlan['services']> = names.map((name, index) => ({
  name,
  family: name,
  desiredCount: 10,
  minimumHealthyPercent: index % 2 === 0 ? 100 : 50,
  maximumPercent: 200,
}));

/** 20 Windows instances and 60 tasks of 6 services; a new base image two hours from now. */
export const wireScenario = (): Scenario => ({
  ...smallScenario({ instances: 20, services }),
  name: 'wire',
});

/** What boto3 is asked to say of the cluster: whose answer this is, nothing of ours has touched. */
export const readBackScript = `
import boto3, json
ecs = boto3.client('ecs')
def every(operation, key, **given):
    found, token = [], None
    while True:
        page = getattr(ecs, operation)(cluster='shop', **given, **({'nextToken': token} if token else {}))
        found += page[key]
        token = page.get('nextToken')
        if not token: return found
arns = every('list_tasks', 'taskArns')
tasks = [t for i in range(0, len(arns), 100) for t in ecs.describe_tasks(cluster='shop', tasks=arns[i:i+100])['tasks']]
names = every('list_services', 'serviceArns')
services = [s for i in range(0, len(names), 10) for s in ecs.describe_services(cluster='shop', services=names[i:i+10])['services']]
ids = every('list_container_instances', 'containerInstanceArns')
instances = ecs.describe_container_instances(cluster='shop', containerInstances=ids)['containerInstances']
def attribute(instance, name):
    return next((a.get('value') for a in instance['attributes'] if a['name'] == name), None)
print(json.dumps({
  'instances': sorted([[i['status'], attribute(i, 'tuesday.os-build')] for i in instances]),
  'services': sorted([[s['serviceName'], s['desiredCount'], s['runningCount'], len(s['deployments']), sum('deployment completed' in e['message'] for e in s['events'])] for s in services]),
  'digests': sorted({t['group'] + ' ' + c.get('imageDigest', '') for t in tasks for c in t['containers']}),
  'tasks': sorted([t['group'] for t in tasks if t['lastStatus'] == 'RUNNING']),
}))
`;
