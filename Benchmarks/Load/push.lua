-- SPDX-License-Identifier: Apache-2.0
--
-- Harbor's pushes for wrk: each for one of the fleet's Warehouses by chance, and no two alike, for a responder
-- recognises a delivery that comes again. Arguments: targets (a file with a path and a repository a line),
-- Authorization, size of a body in bytes, number of the measurement.

local counter, threads = 0, 0

function setup(thread)
  threads = threads + 1
  thread:set("number", threads)
end

-- Everything before and after the number that makes a request unique is made beforehand.
local heads, tail = {}, ""

-- Many small values, as in a push with many commits: one long string would be cheaper to read.
local function padding(size)
  local item = '{"name":"org.example.annotation","value":"0123456789abcdef"},'
  local text = ',"annotations":['
  while #text + #item + 2 <= size do text = text .. item end
  return text:sub(1, -2) .. "]"
end

function init(arguments)
  local file, authorization, size, measurement = unpack(arguments)
  -- Fifteen digits, and none of them a leading zero, which JSON does not allow.
  counter = 1e14 + (tonumber(measurement) * 100 + number) * 1e9
  math.randomseed(number)
  local bodies = {}
  local longest = 0
  for line in io.lines(file) do
    local path, repository = line:match("^(%S+) (%S+)$")
    local name = repository:match("[^/]*/(.*)")
    local body = '{"type":"PUSH_ARTIFACT","operator":"robot$ci","event_data":{"resources":[{"digest":"sha256:'
      .. ("1f"):rep(32) .. '","tag":"1.4.2","resource_url":"' .. repository .. ':1.4.2"}],"repository":{'
      .. '"date_created":1766620800,"name":"' .. name:match("/(.*)") .. '","namespace":"' .. name:match("[^/]*")
      .. '","repo_full_name":"' .. name .. '","repo_type":"private"}},"occur_at":'
    bodies[#bodies + 1] = {path, body}
    longest = math.max(longest, #body)
  end
  tail = "}"
  local missing = tonumber(size) - longest - 15 - #tail
  if missing > 100 then tail = padding(missing) .. tail end
  for i, pair in ipairs(bodies) do
    heads[i] = "POST " .. pair[1] .. " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      .. "Authorization: " .. authorization .. "\r\nContent-Length: " .. (#pair[2] + 15 + #tail)
      .. "\r\n\r\n" .. pair[2]
  end
end

function request()
  counter = counter + 1
  return heads[math.random(#heads)] .. ("%.0f"):format(counter) .. tail
end

function done(summary, latency)
  local errors = summary.errors
  print(("RESULT %d %d %d %d %d %d %d %d %d"):format(summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99),
    errors.connect, errors.read, errors.write, errors.status, errors.timeout))
end
