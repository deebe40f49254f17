-- One load for every server: random questions of "may org-N invoke model-M?", kept ready before the clock runs.
-- Reads TOKEN, BATCH (0: single questions), ORGANIZATIONS, PROPERTIES (Cerbos wants some). Ends with one line of JSON.

local token = os.getenv("TOKEN")
local batch = tonumber(os.getenv("BATCH") or "0")
local organizations = tonumber(os.getenv("ORGANIZATIONS") or "5000")
local properties = os.getenv("PROPERTIES") or ""
local path = batch > 0 and "/access/v1/evaluations" or "/access/v1/evaluation"

wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
if token then wrk.headers["Authorization"] = "Bearer " .. token end

local function pair()
  return string.format(
    '"subject":{"type":"organization","id":"org-%d"%s},"resource":{"type":"model","id":"model-%d"}',
    math.random(0, organizations - 1), properties, math.random(0, 3))
end

local function question()
  if batch == 0 then return "{" .. pair() .. ',"action":{"name":"invoke"}}' end
  local items = {}
  for i = 1, batch do items[i] = "{" .. pair() .. "}" end
  return '{"action":{"name":"invoke"},"evaluations":[' .. table.concat(items, ",") .. "]}"
end

local ready, turn = {}, 0

function init()
  math.randomseed(7)
  for i = 1, batch > 0 and 60 or 3000 do ready[i] = wrk.format(nil, path, nil, question()) end
end

function request()
  turn = turn % #ready + 1
  return ready[turn]
end

function done(summary, latency)
  local lost = summary.errors
  io.write(string.format('\n{"rate": %.2f, "p50": %.3f, "p99": %.3f, "refused": %d, "broken": %d}\n',
    summary.requests / summary.duration * 1e6, latency:percentile(50) / 1000,
    latency:percentile(99) / 1000, lost.status, lost.connect + lost.read + lost.write + lost.timeout))
end
