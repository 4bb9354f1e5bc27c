"""An action controller: every Deployment says in an annotation of its pods in which region it runs."""

import asyncio
import copy
import json
import os
import urllib.error
import urllib.request
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

from temporalio import activity
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

API_VERSION = "controllers.emco/v1"
ANNOTATION = "example.org/region"


def change(request: dict) -> dict:
    """The intent names the kv-pairs document that holds the key `region`."""
    regions = {
        one["cluster"]: one["kv"].get(request["intent"], {}).get("region")
        for one in request["clusters"]
    }
    changes, warnings = [], []
    for app in request["apps"]:
        for variant in app["variants"]:
            # Clusters of one region get one change, and so share what comes of it.
            by_region = defaultdict(list)
            for cluster in variant["clusters"]:
                by_region[regions[cluster]].append(cluster)
            objects = [request["objects"][place] for place in variant["objects"]]
            for region, clusters in by_region.items():
                if region is None:
                    text = f"no region is known of {len(clusters)} clusters, such as {clusters[0]}"
                    warnings.append({"app": app["app"], "warning": text})
                else:
                    put = [annotate(one, region) for one in objects if one["kind"] == "Deployment"]
                    changes.append({"app": app["app"], "clusters": clusters, "put": put})
    return {"apiVersion": API_VERSION, "kind": "CustomiseResult", "changes": changes, "warnings": warnings}


def annotate(deployment: dict, region: str) -> dict:
    changed = copy.deepcopy(deployment)
    pod = changed["spec"]["template"].setdefault("metadata", {})
    pod.setdefault("annotations", {})[ANNOTATION] = region
    return changed


@activity.defn
def customise(call: dict) -> dict:
    """Gets the request, puts the result, gives its digest."""
    if call["apiVersion"] != API_VERSION:
        raise ApplicationError(f"expected {API_VERSION}", non_retryable=True)
    request = send("GET", call["exchange"] + "/request")
    return send("PUT", call["exchange"] + "/result", change(request))


def send(method: str, url: str, body: dict | None = None) -> dict:
    headers = {"Accept": "application/json", "Content-Type": "application/json"}
    if "EMCO_TOKEN_FILE" in os.environ:
        with open(os.environ["EMCO_TOKEN_FILE"], encoding="utf-8") as file:
            headers["Authorization"] = "Bearer " + file.read().strip()
    content = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, content, headers, method=method)) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        detail = json.load(error).get("detail", "")
        # What emco refuses it refuses again; a 5xx may pass.
        raise ApplicationError(f"{method}: {error.code} {detail}", non_retryable=error.code < 500) from None


async def main() -> None:
    client = await Client.connect(
        os.environ.get("TEMPORAL_ADDRESS", "127.0.0.1:7233"),
        namespace=os.environ.get("TEMPORAL_NAMESPACE", "emco"),
    )
    # A plain function runs in a thread, so that HTTP does not hold up the worker.
    with ThreadPoolExecutor(4) as threads:
        await Worker(client, task_queue="region", activities=[customise], activity_executor=threads).run()


asyncio.run(main())
