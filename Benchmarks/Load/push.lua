-- SPDX-License-Identifier: Apache-2.0
--
-- Harbor's pushes for wrk: each of a new tag of one of the targets by chance, and no two alike, for a responder
-- recognises a delivery that comes again. Arguments: targets (a file with a path and a repository a line),
-- Authorization, size of a body in bytes, number of the measurement.

local counter, threads = 0, 0

function setup(thread)
  threads = threads + 1
  thread:set("number", threads)
end

-- Everything around the number that makes a tag unique is made beforehand.
local heads, middles, ends, tail = {}, {}, {}, ""

-- Many small values, as in a push with many commits: one long string would be cheaper to read.
local function padding(size)
  local item = '{"name":"org.example.annotation","value":"0123456789abcdef"},'
  local text = ',"annotations":['
  while #text + #item + 2 <= size do text = text .. item end
  return text:sub(1, -2) .. "]"
end

function init(arguments)
  local file, authorization, size, measurement = unpack(arguments)
  -- Fifteen digits, and none of them a leading zero, which a version does not allow.
  counter = 1e14 + (tonumber(measurement) * 100 + number) * 1e9
  math.randomseed(number)
  local bodies = {}
  local longest = 0
  for line in io.lines(file) do
    local path, repository = line:match("^(%S+) (%S+)$")
    local name = repository:match("[^/]*/(.*)")
    local before = '{"type":"PUSH_ARTIFACT","operator":"robot$ci","event_data":{"resources":[{"digest":"sha256:'
      .. ("1f"):rep(32) .. '","tag":"1.4.'
    middles[#middles + 1] = '","resource_url":"' .. repository .. ":1.4."
    bodies[#bodies + 1] = {path, before, '"}],"repository":{"date_created":1766620800,"name":"' .. name:match("/(.*)")
      .. '","namespace":"' .. name:match("[^/]*") .. '","repo_full_name":"' .. name
      .. '","repo_type":"private"}},"occur_at":1766620800'}
  end
  for i, body in ipairs(bodies) do
    longest = math.max(longest, #body[2] + #middles[i] + #body[3] + 30)
  end
  local missing = tonumber(size) - longest - 1
  tail = (missing > 100 and padding(missing) or "") .. "}"
  for i, body in ipairs(bodies) do
    local length = #body[2] + #middles[i] + #body[3] + 30 + #tail
    heads[i] = "POST " .. body[1] .. " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      .. "Authorization: " .. authorization .. "\r\nContent-Length: " .. length .. "\r\n\r\n" .. body[2]
    ends[i] = body[3]
  end
end

function request()
  counter = counter + 1
  local target, tag = math.random(#heads), ("%.0f"):format(counter)
  return heads[target] .. tag .. middles[target] .. tag .. ends[target] .. tail
end

function done(summary, latency)
  local errors = summary.errors
  print(("RESULT %d %d %d %d %d %d %d %d %d"):format(summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99),
    errors.connect, errors.read, errors.write, errors.status, errors.timeout))
end
