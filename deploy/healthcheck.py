"""Ends well when the portal's process on the port of the first argument is ready; the containers' health check."""

import os
import sys
from http.client import HTTPConnection
from urllib.parse import urlsplit

host = urlsplit(os.environ["PUBLIC_URL"]).netloc
connection = HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=5)
connection.request("GET", "/health/ready", headers={"Host": host})
sys.exit(connection.getresponse().status != 200)
