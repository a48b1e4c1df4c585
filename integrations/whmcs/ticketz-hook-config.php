<?php
// Copy the text for this file from the gateway's page in Ticketz. README.md says where it belongs.
return array(
    'url' => 'https://ticketz.example.com/hooks/whmcs/00000000-0000-0000-0000-000000000000/',
    'secret' => 'whsec_...',
    // Only services of these products are told; leave it out for all.
    'products' => array(7),
);
