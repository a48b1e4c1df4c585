<?php
/**
 * Tells Ticketz at once that a service of WHMCS has changed. Belongs into includes/hooks/ of WHMCS; see README.md.
 *
 * It sends the numbers of services and nothing else, signed as Standard Webhooks has it, and Ticketz believes none of
 * it: it asks WHMCS. Whatever goes wrong here, WHMCS goes on: no output, no exception, two seconds in all.
 * Written for PHP 7.2 and later. The hooks are those of developers.whmcs.com/hooks-reference.
 */

if (!defined('WHMCS')) {
    exit;
}

final class TicketzHook
{
    /** All that one request, or one run of the cron, spends on telling. */
    const SECONDS = 2.0;

    /** So many services are told in one message; what is told does not wait longer for others. */
    const SERVICES_AT_A_TIME = 100;
    const SECONDS_TOGETHER = 3.0;

    /** Where each hook says what it is about. */
    const HOOKS = array(
        'AfterModuleCreate' => 'params',
        'AfterModuleSuspend' => 'params',
        'AfterModuleUnsuspend' => 'params',
        'AfterModuleTerminate' => 'params',
        'AfterModuleChangePackage' => 'params',
        'AfterModuleRenew' => 'params',
        'ServiceEdit' => 'service',
        'AdminServiceEdit' => 'service',
        'ServiceDelete' => 'service',
        'ServiceRecurringCompleted' => 'service',
        'InvoicePaid' => 'invoice',
        'AfterProductUpgrade' => 'upgrade',
        'AfterConfigOptionsUpgrade' => 'upgrade',
    );

    private static $config = null;
    private static $services = array();
    private static $firstAt = 0.0;
    private static $secondsLeft = self::SECONDS;
    private static $tellsAtTheEnd = false;

    public static function install()
    {
        foreach (self::HOOKS as $hook => $about) {
            add_hook($hook, 1, function ($vars) use ($about) {
                TicketzHook::quietly(function () use ($about, $vars) {
                    TicketzHook::note(TicketzHook::servicesOf($about, $vars));
                });
            });
        }
    }

    /** Runs $work so that WHMCS can't notice: no warning, no output, no exception. Returns what it returns, or null. */
    public static function quietly($work)
    {
        set_error_handler(function () {
            return true;
        });
        ob_start();
        try {
            return $work();
        } catch (\Throwable $error) {
            return null;
        } finally {
            ob_end_clean();
            restore_error_handler();
        }
    }

    /** The numbers of the services that a hook is about. */
    public static function servicesOf($about, $vars)
    {
        switch ($about) {
            case 'params':
                return array($vars['params']['serviceid']);
            case 'service':
                return array($vars['serviceid']);
            case 'upgrade':
                return self::servicesOfUpgrade($vars['upgradeid']);
            default:
                return self::servicesOfInvoice($vars['invoiceid']);
        }
    }

    /**
     * Keeps services until the end of the request, when all of WHMCS's own work on them is done, or, in a long run,
     * until enough are together. Several hooks of one payment become one message.
     */
    public static function note(array $services)
    {
        if (!self::$tellsAtTheEnd) {
            self::$tellsAtTheEnd = true;
            register_shutdown_function(function () {
                TicketzHook::quietly(function () {
                    TicketzHook::tell();
                });
            });
        }
        if (!self::$services) {
            self::$firstAt = microtime(true);
        }
        foreach ($services as $service) {
            if ((int) $service > 0) {
                self::$services[(int) $service] = true;
            }
        }
        $isLong = microtime(true) - self::$firstAt > self::SECONDS_TOGETHER;
        if ($isLong || count(self::$services) >= self::SERVICES_AT_A_TIME) {
            self::tell();
        }
    }

    /** Sends what was noted. After a failure, or with the time used up, nothing more is tried in this process. */
    public static function tell()
    {
        $services = array_keys(self::$services);
        self::$services = array();
        $config = self::config();
        if (!$services || !$config || self::$secondsLeft <= 0) {
            return;
        }
        foreach (array_chunk(self::ofOurProducts($services, $config['products']), self::SERVICES_AT_A_TIME) as $some) {
            $status = self::send($config, 'service.changed', array('services' => $some));
            if ($status < 200 || $status >= 300) {
                self::$secondsLeft = 0;
            }
        }
    }

    /** Signs and sends one message; returns the status of the answer, 0 if there was none in time. */
    public static function send(array $config, $type, array $data)
    {
        if (self::$secondsLeft <= 0) {
            return 0;
        }
        $now = time();
        $body = json_encode(array('type' => $type, 'timestamp' => gmdate('Y-m-d\TH:i:s\Z', $now), 'data' => $data));
        $id = 'msg_' . bin2hex(random_bytes(12));
        $signature = base64_encode(hash_hmac('sha256', $id . '.' . $now . '.' . $body, $config['key'], true));
        $headers = array(
            'Content-Type: application/json',
            'User-Agent: Ticketz-WHMCS-Hook/1',
            'Webhook-Id: ' . $id,
            'Webhook-Timestamp: ' . $now,
            'Webhook-Signature: v1,' . $signature,
        );
        $began = microtime(true);
        $post = function_exists('curl_exec') ? 'postWithCurl' : 'postWithSocket';
        $status = self::$post($config['url'], $headers, $body, self::$secondsLeft);
        self::$secondsLeft -= microtime(true) - $began;
        return $status;
    }

    /** The configuration; false if there is none, or one that can't be used. */
    public static function config()
    {
        if (self::$config === null) {
            self::$config = self::usable(self::load());
        }
        return self::$config;
    }

    /** Outside of the folder of WHMCS, which the web server hands out, or beside this file (_: no hook). */
    private static function load()
    {
        foreach (array(dirname(__DIR__, 3) . '/ticketz-hook-config.php', __DIR__ . '/_ticketz-hook-config.php') as $file) {
            if (is_readable($file)) {
                return include $file;
            }
        }
        return null;
    }

    private static function usable($config)
    {
        if (!is_array($config) || !isset($config['url'], $config['secret'])) {
            return false;
        }
        $isHere = preg_match('#^http://(127\.0\.0\.1|localhost|\[::1\])[:/]#', $config['url']);
        $key = base64_decode(preg_replace('/^whsec_/', '', trim($config['secret'])), true);
        if ((strpos($config['url'], 'https://') !== 0 && !$isHere) || $key === false || strlen($key) < 16) {
            return false;
        }
        $products = isset($config['products']) ? array_map('intval', (array) $config['products']) : array();
        return array('key' => $key, 'products' => $products) + $config;
    }

    /** Without the services of other products. One that WHMCS has no row of any more stays. */
    private static function ofOurProducts(array $services, array $products)
    {
        if (!$products) {
            return $services;
        }
        $others = self::quietly(function () use ($services, $products) {
            $rows = \WHMCS\Database\Capsule::table('tblhosting');
            $others = array();
            foreach ($rows->whereIn('id', $services)->get(array('id', 'packageid')) as $row) {
                if (!in_array((int) $row->packageid, $products, true)) {
                    $others[] = (int) $row->id;
                }
            }
            return $others;
        });
        return array_values(array_diff($services, $others ?: array()));
    }

    private static function servicesOfInvoice($invoice)
    {
        $answer = localAPI('GetInvoice', array('invoiceid' => (int) $invoice));
        $services = array();
        foreach (isset($answer['items']['item']) ? $answer['items']['item'] : array() as $item) {
            if ($item['type'] === 'Hosting') {
                $services[] = $item['relid'];
            } elseif ($item['type'] === 'Upgrade') {
                $services = array_merge($services, self::servicesOfUpgrade($item['relid']));
            }
        }
        return $services;
    }

    private static function servicesOfUpgrade($upgrade)
    {
        $services = self::quietly(function () use ($upgrade) {
            return array(\WHMCS\Database\Capsule::table('tblupgrades')->where('id', (int) $upgrade)->value('relid'));
        });
        return $services ?: array();
    }

    private static function postWithCurl($url, array $headers, $body, $seconds)
    {
        $call = curl_init($url);
        curl_setopt_array($call, array(
            CURLOPT_POST => true,
            CURLOPT_POSTFIELDS => $body,
            CURLOPT_HTTPHEADER => $headers,
            CURLOPT_WRITEFUNCTION => function ($call, $text) {
                return strlen($text);
            },
            CURLOPT_FOLLOWLOCATION => false,
            CURLOPT_SSL_VERIFYPEER => true,
            CURLOPT_SSL_VERIFYHOST => 2,
            CURLOPT_NOSIGNAL => true,
            CURLOPT_TIMEOUT_MS => (int) max(1, $seconds * 1000),
        ));
        return curl_exec($call) === false ? 0 : (int) curl_getinfo($call, CURLINFO_HTTP_CODE);
    }

    /** Where PHP lacks curl. PHP's own http:// has no limit for the whole call, so this speaks HTTP itself. */
    private static function postWithSocket($url, array $headers, $body, $seconds)
    {
        $until = microtime(true) + $seconds;
        $to = parse_url($url) + array('path' => '/');
        $isTls = $to['scheme'] === 'https';
        $port = isset($to['port']) ? $to['port'] : ($isTls ? 443 : 80);
        $tls = array('verify_peer' => true, 'verify_peer_name' => true, 'peer_name' => trim($to['host'], '[]'));
        $context = stream_context_create(array('ssl' => $tls));
        $address = ($isTls ? 'tls://' : 'tcp://') . $to['host'] . ':' . $port;
        // Half of the time to connect, for the TLS handshake may take as long again.
        $socket = stream_socket_client($address, $code, $text, $seconds / 2, STREAM_CLIENT_CONNECT, $context);
        if (!$socket) {
            return 0;
        }
        $lines = array('POST ' . $to['path'] . ' HTTP/1.0', 'Host: ' . $to['host'] . ':' . $port);
        $lines = array_merge($lines, $headers, array('Content-Length: ' . strlen($body), 'Connection: close', '', $body));
        stream_set_blocking($socket, false);
        fwrite($socket, implode("\r\n", $lines));
        return self::statusOf($socket, $until);
    }

    private static function statusOf($socket, $until)
    {
        $answer = '';
        while (strpos($answer, "\n") === false && !feof($socket) && ($left = $until - microtime(true)) > 0) {
            $reading = array($socket);
            $none = array();
            stream_select($reading, $none, $none, (int) $left, (int) (($left - (int) $left) * 1000000));
            $answer .= (string) fread($socket, 1024);
        }
        fclose($socket);
        return preg_match('#^HTTP/\d(?:\.\d)? (\d{3})#', $answer, $found) ? (int) $found[1] : 0;
    }
}

TicketzHook::install();
